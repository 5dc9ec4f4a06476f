//! Settings of which events and spans are recorded, and which are printed.

use super::choice::Console;
use crate::levels::{ACCEPTED, targets};

/// Which events are recorded as log records, and which are printed.
#[derive(crate::Settings, Debug, Clone, PartialEq)]
#[settings(title = "Logs")]
pub struct Logs {
    /// A level, and levels by target: of events, exported or printed. Spans have a level of their own.
    #[setting(
        env = "TELEMETRY_LOG_LEVEL", default = "info", check = check_level, accepts = LEVELS, builder = "log_level",
        example = "warn,shop::checkout=debug"
    )]
    pub level: Option<String>,
    /// How `init()` has the application's events printed to standard error. `auto` is for people at a terminal and JSON
    /// otherwise, and prints nothing where the application has layers or a subscriber of its own.
    #[setting(env = "TELEMETRY_LOG_CONSOLE", default = Console::Auto, builder = "console", example = "json")]
    pub console: Option<Console>,
}

pub(super) const LEVELS: &str = ACCEPTED;

#[expect(clippy::ptr_arg, reason = "the derive hands on a reference of the field's own type")]
pub(super) fn check_level(level: &String) -> Result<(), String> {
    targets(level).map(|_| ()).ok_or_else(|| LEVELS.to_owned())
}
