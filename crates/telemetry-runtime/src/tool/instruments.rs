//! What all runs of one `Tools` share.

use telemetry_core::{Family, Meter};

use super::settings::ToolSettings;
use crate::digits::Digits;
use crate::metrics::{ExitStatus, ProcessExitMetrics, ProcessExitMetricsKey, ToolMetrics};
use crate::process::Exit;

/// The instruments of tools, and what holds for all runs.
pub(super) struct ToolInstruments {
    pub(super) tools: Family<ToolMetrics>,
    exits: Family<ProcessExitMetrics>,
    pub(super) settings: ToolSettings,
}

impl ToolInstruments {
    pub(super) fn new(meter: &Meter, settings: ToolSettings) -> Self {
        Self { tools: Family::new(meter), exits: Family::new(meter), settings }
    }

    /// Counts the end of a process.
    pub(super) fn count(&self, exit: Exit) {
        let digits = exit.code().and_then(|code| Digits::new(code.into()));
        let code = digits.as_ref().map_or("", Digits::as_str);
        let (status, signal) = match exit.signal() {
            Some(signal) => (ExitStatus::Signal, signal),
            None => (ExitStatus::Exit, ""),
        };
        self.exits.get(ProcessExitMetricsKey { code, signal }).exits.at(status).add(1);
    }
}
