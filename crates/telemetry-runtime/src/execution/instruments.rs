//! What all executions of one `Executions` share.

use telemetry_core::{Family, Meter, Single};

use crate::digits::Digits;
use crate::metrics::{AsyncKind, ExecutionErrorMetrics, ExecutionKind, ExecutionMetrics, Outcome};

/// The `code` of an error without an HTTP status.
const NO_STATUS: &str = "none";

/// The `code` of a number that is no HTTP status.
const OTHER_STATUS: &str = "_other";

/// The status by which an execution failed, as a label.
pub(super) enum Code {
    Status(Digits),
    Other,
    None,
}

impl Code {
    /// The label of a status code, which is of three digits.
    pub(super) fn of(status: u16) -> Self {
        Digits::new(status).filter(|_| status >= 100).map_or(Self::Other, Self::Status)
    }

    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Status(digits) => digits.as_str(),
            Self::Other => OTHER_STATUS,
            Self::None => NO_STATUS,
        }
    }
}

/// The instruments of executions.
pub(super) struct ExecutionInstruments {
    metrics: Single<ExecutionMetrics>,
    errors: Family<ExecutionErrorMetrics>,
}

impl ExecutionInstruments {
    pub(super) fn new(meter: &Meter) -> Self {
        Self { metrics: Single::new(meter), errors: Family::new(meter) }
    }

    pub(super) fn accepted(&self, kind: AsyncKind) {
        self.metrics.started.at(kind).add(1);
    }

    pub(super) fn ended(&self, kind: ExecutionKind, outcome: Outcome, seconds: f64) {
        self.metrics.latency.at((kind, outcome)).record(seconds);
        if outcome == Outcome::Timeout {
            self.metrics.timeouts.at(kind).add(1);
        }
    }

    pub(super) fn failed(&self, kind: ExecutionKind, code: &Code) {
        self.errors.get(code.as_str()).errors.at(kind).add(1);
    }
}
