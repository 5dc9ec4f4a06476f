//! Metrics of the OpenTelemetry semantic conventions that are recorded beside our own, on request.

use std::sync::OnceLock;

use crate::meter::Meter;

/// A part of the conventions that an application can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Semconv {
    /// `gen_ai.*`.
    GenAi,
    /// `mcp.*`.
    Mcp,
    /// `http.*`.
    Http,
    /// `db.*`.
    Db,
}

impl Semconv {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::GenAi, Self::Mcp, Self::Http, Self::Db];

    /// The name in settings.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GenAi => "gen_ai",
            Self::Mcp => "mcp",
            Self::Http => "http",
            Self::Db => "db",
        }
    }
}

/// Whether a domain crate records its part of the conventions: as it was told, else as the meter's settings say.
///
/// ```
/// use telemetry_core::{Meter, Semconv, SemconvSwitch};
///
/// let switch = SemconvSwitch::new(&Meter::global(), Semconv::Mcp, None);
/// assert!(!switch.is_on()); // until a meter is installed whose settings ask for it
/// assert!(SemconvSwitch::new(&Meter::global(), Semconv::Mcp, Some(true)).is_on());
/// ```
#[derive(Debug, Clone)]
pub struct SemconvSwitch {
    meter: Meter,
    part: Semconv,
    on: OnceLock<bool>,
}

impl SemconvSwitch {
    /// A switch for one part; `told` overrides the setting.
    #[must_use]
    pub fn new(meter: &Meter, part: Semconv, told: Option<bool>) -> Self {
        Self { meter: meter.clone(), part, on: told.map_or_else(OnceLock::new, OnceLock::from) }
    }

    /// Whether that part is recorded.
    #[inline]
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.on.get().copied().unwrap_or_else(|| self.ask())
    }

    /// Asks until there is a meter to ask, as the global one may be installed later.
    #[cold]
    fn ask(&self) -> bool {
        let Some(context) = self.meter.context() else { return false };
        *self.on.get_or_init(|| context.settings().semconv.contains(&self.part))
    }
}
