//! How one process is looked after: its limits, and what holds for its start and its end.

use std::path::Path;

use super::Limits;

/// What a process may use, and what becomes of it.
#[derive(Debug)]
pub(crate) struct Care<'a> {
    pub(crate) limits: Limits,
    pub(crate) keep_terminal: bool,
    /// The shell of the watchdog that ends the process with this one.
    pub(crate) watchdog: Option<&'a Path>,
    pub(crate) reap_orphans: bool,
}
