//! Look-ups in the registry of tools.

use std::fmt;
use std::time::Instant;

use crate::mcp::Mcp;
use crate::metrics::LookupOutcome;

/// A look-up in the registry of tools: records its time under what it found. Dropped unfinished, it records nothing.
#[must_use = "a look-up that is not finished is not recorded"]
pub struct Lookup<'a> {
    mcp: &'a Mcp,
    started: Instant,
}

impl<'a> Lookup<'a> {
    pub(crate) fn start(mcp: &'a Mcp) -> Self {
        Self { mcp, started: Instant::now() }
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
        self.mcp.registry().lookup.at(outcome).record(self.started.elapsed().as_secs_f64());
    }
}

impl fmt::Debug for Lookup<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lookup").field("started", &self.started).finish_non_exhaustive()
    }
}
