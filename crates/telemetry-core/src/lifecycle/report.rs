//! What a flush or a shutdown delivered and what it lost, by signal.

use std::fmt;
use std::time::Duration;

use crate::label::Label as _;
use crate::self_metrics::Signal;

/// What a shutdown delivered and what it lost.
///
/// ```
/// let telemetry = telemetry_core::Telemetry::builder("shop").disabled(true).init()?;
/// let report = telemetry.shutdown();
/// assert!(report.is_complete(), "{report}");
/// # Ok::<(), telemetry_core::InitError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use = "the report is the only place that says what the last moments lost"]
pub struct ShutdownReport {
    /// Data points of the last snapshot.
    pub metrics: SignalReport,
    /// Spans.
    pub traces: SignalReport,
    /// Log records.
    pub logs: SignalReport,
    /// How long it took.
    pub elapsed: Duration,
}

/// What a flush delivered and what it lost: the same facts as at the shutdown.
pub type FlushReport = ShutdownReport;

/// What became of one signal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SignalReport {
    /// Whether the signal is exported at all; if not, the rest is zero.
    pub enabled: bool,
    /// How many items the collector took since the call began.
    pub flushed: u64,
    /// How many items were lost since the call began. After a flush that timed out, items that still wait are not
    /// lost yet, and count in neither.
    pub lost: u64,
    /// How many items were lost since the start of the process, these included.
    pub lost_in_total: u64,
    /// Whether the deadline passed before all was exported.
    pub timed_out: bool,
    /// Why the export failed, where it did.
    pub error: Option<String>,
}

impl SignalReport {
    /// Whether all that was recorded reached the collector in time.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.lost == 0 && !self.timed_out && self.error.is_none()
    }
}

impl ShutdownReport {
    /// Whether all that was recorded reached the collector in time.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.signals().all(|(_, report)| report.is_complete())
    }

    /// Whether the deadline passed before all was exported.
    #[must_use]
    pub fn timed_out(&self) -> bool {
        self.signals().any(|(_, report)| report.timed_out)
    }

    /// How many items of all signals were lost since the call began.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.signals().fold(0, |sum, (_, report)| sum.saturating_add(report.lost))
    }

    /// The three signals by name.
    pub fn signals(&self) -> impl Iterator<Item = (Signal, &SignalReport)> {
        [(Signal::Metrics, &self.metrics), (Signal::Traces, &self.traces), (Signal::Logs, &self.logs)].into_iter()
    }
}

impl fmt::Display for ShutdownReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "in {:?}", self.elapsed)?;
        for (signal, report) in self.signals() {
            write!(f, "; {}: ", signal.as_str())?;
            if !report.enabled {
                f.write_str("off")?;
                continue;
            }
            write!(f, "{} flushed, {} lost", report.flushed, report.lost)?;
            if report.timed_out {
                f.write_str(", timed out")?;
            }
            if let Some(error) = &report.error {
                write!(f, " ({error})")?;
            }
        }
        Ok(())
    }
}
