//! Look-ups in the registry of tools.

use std::time::Instant;

use telemetry_core::{Lease, clock};

use crate::inner::Inner;
use crate::metrics::LookupOutcome;

/// A look-up in the registry of tools: records its time under what it found. Dropped unfinished, it records nothing.
///
/// It takes microseconds, and has neither span nor log record.
///
/// ```
/// use telemetry_mcp::Mcp;
///
/// # async fn load(name: &str) -> Option<()> { Some(()) }
/// # async fn example() {
/// let lookup = Mcp::global().lookup();
/// match load("search_issues").await {
///     Some(_) => lookup.hit(),
///     None => lookup.miss(),
/// }
/// # }
/// ```
#[derive(Debug)]
#[must_use = "a look-up that is not finished is not recorded"]
pub struct Lookup {
    inner: Lease<Inner>,
    started: Instant,
}

impl Lookup {
    pub(crate) fn start(inner: Lease<Inner>) -> Self {
        Self { inner, started: clock::now() }
    }

    /// The tool was found.
    pub fn hit(self) {
        self.finish(LookupOutcome::Hit);
    }

    /// It was not.
    pub fn miss(self) {
        self.finish(LookupOutcome::Miss);
    }

    /// Ends the look-up.
    pub fn finish(self, outcome: LookupOutcome) {
        let elapsed = clock::now().saturating_duration_since(self.started);
        self.inner.registry.lookup.at(outcome).record(elapsed.as_secs_f64());
    }
}
