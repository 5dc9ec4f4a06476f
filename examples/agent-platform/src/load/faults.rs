//! What goes wrong on purpose.

use crate::check::Ledger;
use crate::platform::executions::Executor;

/// How many plugins users name where there are too many of them: twice as many as the metric has room for.
const PLUGINS: u64 = 40;
const PLUGIN_LIMIT: u64 = 20;

/// What goes wrong on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Faults {
    pub(crate) tools: bool,
    pub(crate) streams: bool,
    pub(crate) cardinality: bool,
    pub(crate) values: bool,
    pub(crate) outage: bool,
}

/// The faults that come from the platform itself and not from its callers.
pub(crate) fn misbehave(faults: Faults, executor: &Executor, ledger: &Ledger) {
    if faults.cardinality {
        for number in 0..PLUGINS {
            let plugin = format!("plugin-{number}");
            executor.call_plugin(&plugin);
            let known = if number < PLUGIN_LIMIT { &plugin } else { "_other" };
            ledger.add("platform_plugin_calls_total", &[("plugin", known)], 1);
        }
        let labels = [("metric", "platform_plugin_calls_total")];
        ledger.add("telemetry_series_overflow_total", &labels, PLUGINS - PLUGIN_LIMIT);
    }
    if faults.values {
        // None in use of none.
        executor.report_pressure(0, 0.0);
        ledger.add("telemetry_dropped_total", &[("signal", "metrics"), ("reason", "invalid_value")], 1);
    }
}
