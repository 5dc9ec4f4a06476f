//! Settings of which events and spans are recorded.

use std::str::FromStr as _;

use tracing_subscriber::filter::{LevelFilter, Targets};

use super::SettingsError;
use super::choice::Console;
use super::layers::Layers;
use super::variable::{At, Variable};

/// Which log events and spans are recorded.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Logs {
    /// A level, and levels by target: `TELEMETRY_LOG_LEVEL`, such as `info` or `warn,shop::checkout=debug`. Levels
    /// are `off`, `error`, `warn`, `info`, `debug` and `trace`. Default: `info`.
    pub level: Option<String>,
    /// Whether and how the application's events are printed to standard error: `TELEMETRY_LOG_CONSOLE`, one of `auto`,
    /// `pretty`, `json` and `off`. Default: `auto`. An application with layers or a subscriber of its own prints by itself.
    pub console: Option<Console>,
}

const LEVEL: &str = "logs.level";

pub(super) const VARIABLES: &[Variable] = &[
    Variable::new(LEVEL, "TELEMETRY_LOG_LEVEL", "warn,shop=debug", &At(|s| &mut s.logs.level)),
    Variable::new("logs.console", "TELEMETRY_LOG_CONSOLE", "json", &At(|s| &mut s.logs.console)),
];

/// The filter of events and spans.
pub(super) fn resolve(layers: &Layers) -> Result<Targets, SettingsError> {
    let level = layers.settings.logs.level.as_deref().unwrap_or("info");
    targets(level).ok_or_else(|| {
        let accepted = "off, error, warn, info, debug or trace, then target=level, separated by commas";
        layers.refuse(LEVEL, format!("{level:?}"), accepted)
    })
}

/// `Targets` itself would take a misspelt level for the name of a target, and record nothing else.
fn targets(text: &str) -> Option<Targets> {
    let mut targets = Targets::new();
    for directive in text.split(',').map(str::trim) {
        targets = match directive.split_once('=') {
            Some((target, level)) if !target.trim().is_empty() => {
                targets.with_target(target.trim(), LevelFilter::from_str(level.trim()).ok()?)
            }
            Some(_) => return None,
            None => targets.with_default(LevelFilter::from_str(directive).ok()?),
        };
    }
    Some(targets)
}
