//! Whether a part is recorded, decided when there is a meter to ask.

use std::sync::OnceLock;

use super::part::Semconv;
use crate::meter::Meter;

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
