//! Where waits for workflows begin.

use std::fmt;
use std::time::Duration;

use telemetry_core::{Global, Meter, SettingsError, SettingsGroup as _, Shared};

use super::instruments::{Workflow, WorkflowInstruments};
use super::settings::WorkflowSettings;
use super::wait::WorkflowWait;

/// Waiting for workflows, by the workflow's id; cheap to clone.
///
/// ```
/// use std::time::Duration;
///
/// use telemetry_runtime::{PollState, WaitError, Workflows};
///
/// # async fn state_of(exec_id: &str) -> Result<&'static str, std::io::Error> { Ok("COMPLETED") }
/// # async fn example() -> Result<(), WaitError<std::io::Error>> {
/// let state = Workflows::global()
///     .wait("nightly-report", Duration::from_secs(60))
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
pub struct Workflows(Shared<WorkflowInstruments>);

impl Workflows {
    /// Waits recorded by this meter, with the settings that it carries.
    #[must_use]
    pub fn new(meter: &Meter) -> Self {
        Self::build(meter, &meter.settings_of())
    }

    /// Waits recorded by this meter, with these settings.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] when a setting is out of its range, or the longest pause is shorter than the first.
    pub fn with_settings(meter: &Meter, settings: WorkflowSettings) -> Result<Self, SettingsError> {
        settings.validate()?;
        Ok(Self::build(meter, &settings))
    }

    /// Waits recorded by the process's meter, with the settings that it carries; before it is installed nothing is
    /// recorded, and the settings are the defaults.
    #[must_use]
    pub fn global() -> &'static Self {
        static GLOBAL: Global<Workflows> = Global::new();
        GLOBAL.get(Self::new)
    }

    /// Registers a workflow: its id is never folded into `_other`, whatever other ids callers ask for.
    ///
    /// Its counters are exported at 0 from now on
    /// ([`registered_zeros`](telemetry_core::MeterSettings::registered_zeros)).
    pub fn register(&self, workflow_id: &str) {
        self.0.register(workflow_id);
    }

    /// Prepares to wait for a workflow, at most that long.
    ///
    /// The id becomes the label `workflow_id`, so it should be that of the workflow, not of one execution.
    pub fn wait(&self, workflow_id: &str, timeout: Duration) -> WorkflowWait {
        WorkflowWait::new(Workflow::new(self.0.lease(), workflow_id), timeout, self.0.backoff)
    }

    fn build(meter: &Meter, settings: &WorkflowSettings) -> Self {
        Self(Shared::new(WorkflowInstruments::new(meter, settings)))
    }
}

impl fmt::Debug for Workflows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workflows").field("backoff", &self.0.backoff).finish_non_exhaustive()
    }
}
