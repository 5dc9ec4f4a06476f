//! Where waits for workflows begin.

use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use telemetry_core::{Family, Meter, Shared};

use super::wait::WorkflowWait;
use crate::backoff::Backoff;
use crate::metrics::WorkflowMetrics;

/// Waiting for workflows, by the workflow's id; cheap to clone.
///
/// ```
/// use std::time::Duration;
///
/// use telemetry_runtime::{Backoff, PollState, WaitError, Workflows};
///
/// # async fn state_of(exec_id: &str) -> Result<&'static str, std::io::Error> { Ok("COMPLETED") }
/// # async fn example() -> Result<(), WaitError<std::io::Error>> {
/// let state = Workflows::global()
///     .wait("nightly-report", Duration::from_secs(60))
///     .backoff(Backoff::default())
///     .poll(async || match state_of("exec-1").await {
///         Ok("RUNNING") => PollState::running("RUNNING"),
///         Ok(state) => PollState::Completed(state),
///         Err(error) => PollState::Failed(error),
///     })
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Workflows(Shared<Family<WorkflowMetrics>>);

impl Workflows {
    /// Waits recorded by this meter.
    #[must_use]
    pub fn new(meter: &Meter) -> Self {
        Self(Shared::new(Family::new(meter)))
    }

    /// Waits recorded by the process's meter; nothing is recorded before it is installed.
    #[must_use]
    pub fn global() -> &'static Self {
        static GLOBAL: OnceLock<Workflows> = OnceLock::new();
        GLOBAL.get_or_init(|| Self::new(&Meter::global()))
    }

    /// Prepares to wait for a workflow, at most that long.
    ///
    /// The id becomes the label `workflow_id`, so it should be that of the workflow, not of one execution.
    pub fn wait(&self, workflow_id: &str, timeout: Duration) -> WorkflowWait {
        WorkflowWait::new(self.0.lease(), workflow_id, timeout, Backoff::default())
    }
}

impl fmt::Debug for Workflows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workflows").finish_non_exhaustive()
    }
}
