//! What holds for all waits for workflows.

use std::time::Duration;

use telemetry_core::setting::SettingValue as _;
use telemetry_core::{Settings, SettingsError};

use telemetry_core::Backoff;

/// What holds for all waits unless one says otherwise: the pauses between polls. They start short, grow by a factor, and
/// vary at random so that waits do not march in step. By default a workflow of a minute is polled about twenty times and
/// noticed at most 5 s late.
#[derive(Settings, Debug, Clone, PartialEq)]
#[settings(key = "workflow", env = "TELEMETRY_WORKFLOW", title = "Waits for workflows", check = is_rising)]
pub struct WorkflowSettings {
    /// The pause after the first poll of a workflow.
    #[setting(default = "100ms", accepts = "1ms"..="1h")]
    pub backoff_initial: Duration,
    /// How many times as long each pause is as the one before.
    #[setting(default = 1.5, accepts = 1.0..=100.0)]
    pub backoff_factor: f64,
    /// The longest pause; not below the first.
    #[setting(default = "5s", accepts = "1ms"..="24h")]
    pub backoff_max: Duration,
    /// By which share of itself a pause varies at random, in both directions, up to the longest.
    #[setting(default = 0.1, accepts = 0.0..=1.0)]
    pub backoff_jitter: f64,
}

fn is_rising(settings: &WorkflowSettings) -> Result<(), SettingsError> {
    if settings.backoff_max < settings.backoff_initial {
        let accepted = format!("at least workflow.backoff_initial, {}", settings.backoff_initial.write());
        return Err(SettingsError::value("workflow.backoff_max", settings.backoff_max.write(), accepted));
    }
    Ok(())
}

impl WorkflowSettings {
    pub(super) fn backoff(&self) -> Backoff {
        let pauses = Backoff::new(self.backoff_initial, self.backoff_factor, self.backoff_max, self.backoff_jitter);
        // The settings were accepted, and within their limits are those of a backoff.
        pauses.unwrap_or_default()
    }
}
