//! What the application's events look like on standard error; secrets are taken out of them.

use std::fmt;
use std::io::{self, IsTerminal as _};
use std::time::{SystemTime, UNIX_EPOCH};

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::layer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::layer::Filter;
use tracing_subscriber::{Layer as _, Registry};

use super::layers::{OwnLayer, printed};
use super::masked::{MaskedFields, MaskedLines};
use crate::levels::LogLevels;
use crate::mask::Masker;
use crate::settings::{Console, ResolvedSettings};

/// What becomes of what the exporter says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// It is printed, whatever the levels are: an unreachable collector would otherwise be known to nobody.
    Printed,
    /// It is left to the application.
    Left,
}

impl Said {
    fn level(self) -> LevelFilter {
        if self == Self::Printed { LevelFilter::INFO } else { LevelFilter::OFF }
    }
}

/// Prints events in that form; `None` where nothing is printed.
pub(super) fn console(settings: &ResolvedSettings, levels: &LogLevels, said: Said) -> Option<OwnLayer> {
    let terminal = io::stderr().is_terminal();
    let filter = || printed(Some(levels), said.level(), &settings.span_filter);
    match (settings.console, terminal) {
        (Console::Off, _) => None,
        (Console::Pretty, _) | (Console::Auto, true) => Some(pretty(filter(), terminal, &settings.masker)),
        (Console::Json, _) | (Console::Auto, false) => Some(json(filter(), &settings.masker)),
    }
}

/// Has an output in the console's place show what the console would.
pub(super) fn in_place(output: OwnLayer, settings: &ResolvedSettings, levels: &LogLevels, said: Said) -> OwnLayer {
    output.with_filter(printed(Some(levels), said.level(), &settings.span_filter)).boxed()
}

/// What the exporter says of itself alone, for a process that prints nothing else.
pub(super) fn diagnostics() -> OwnLayer {
    pretty(printed(None, LevelFilter::INFO, &Targets::new()), false, &Masker::default())
}

/// For people: short, and coloured at a terminal, unless `NO_COLOR` is set (<https://no-color.org>).
fn pretty(filter: impl Filter<Registry> + Send + Sync + 'static, terminal: bool, masker: &Masker) -> OwnLayer {
    let coloured = terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let layer = layer::<Registry>()
        .compact()
        .fmt_fields(MaskedFields::new(masker))
        .with_timer(TimeOfDay)
        .with_ansi(coloured)
        .with_writer(io::stderr);
    layer.with_filter(filter).boxed()
}

/// For programs: one object a line.
fn json(filter: impl Filter<Registry> + Send + Sync + 'static, masker: &Masker) -> OwnLayer {
    let layer = layer::<Registry>().json().flatten_event(true).with_span_list(false);
    let layer = layer.with_writer(MaskedLines::new(masker));
    layer.with_filter(filter).boxed()
}

/// The time of day in UTC, to the millisecond: the day is known to whoever looks.
struct TimeOfDay;

impl FormatTime for TimeOfDay {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let seconds = since.as_secs() % (24 * 60 * 60);
        let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
        write!(writer, "{hours:02}:{minutes:02}:{:02}.{:03}", seconds % 60, since.subsec_millis())
    }
}
