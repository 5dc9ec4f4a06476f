//! How a queue of usage records works, and within which bounds that is accepted.

use std::time::Duration;

use telemetry_core::setting::SettingValue as _;
use telemetry_core::{Choice, Settings, SettingsError};

/// How the queue of usage records works.
#[derive(Settings, Debug, Clone, PartialEq, Eq)]
#[settings(key = "llm.queue", env = "TELEMETRY_LLM_QUEUE", title = "Usage records", check = QueueSettings::check)]
pub struct QueueSettings {
    /// How many records may wait, those that are being stored included.
    #[setting(default = 10_000, accepts = 1..=10_000_000)]
    pub capacity: usize,
    /// What happens to a record that there is no room for: whoever brings it waits, or gets it back.
    #[setting(default = Overload::Wait)]
    pub overload: Overload,
    /// How many records are stored at once at most; no more than the capacity.
    #[setting(default = 100, accepts = 1..=10_000_000)]
    pub batch: usize,
    /// How long a record waits for others to be stored with.
    #[setting(default = "1s", accepts = "0s"..="24h")]
    pub linger: Duration,
    /// How long storing a batch may take before it counts as failed.
    #[setting(default = "10s", accepts = "1ms"..="24h")]
    pub store_timeout: Duration,
    /// How long to wait after the first failure; twice as long after each further one.
    #[setting(default = "100ms", accepts = "1ms"..="24h")]
    pub first_backoff: Duration,
    /// The most to wait after a failure; no less than after the first.
    #[setting(default = "30s", accepts = "1ms"..="24h")]
    pub longest_backoff: Duration,
    /// How long storing what is left may take when the last handle is dropped without a shutdown.
    #[setting(default = "5s", accepts = "0s"..="24h")]
    pub drain_on_drop: Duration,
}

/// What happens to a record that there is no room for.
#[derive(Choice, Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Overload {
    /// Whoever brings it waits until there is.
    #[default]
    Wait,
    /// Whoever brings it gets it back at once, and has to do something about it.
    Refuse,
}

impl QueueSettings {
    fn check(&self) -> Result<(), SettingsError> {
        if self.batch > self.capacity {
            let accepted = format!("at most llm.queue.capacity, which is {}", self.capacity);
            return Err(SettingsError::value("llm.queue.batch", self.batch.to_string(), accepted));
        }
        if self.first_backoff > self.longest_backoff {
            let accepted = format!("at most llm.queue.longest_backoff, which is {}", self.longest_backoff.write());
            return Err(SettingsError::value("llm.queue.first_backoff", self.first_backoff.write(), accepted));
        }
        Ok(())
    }
}
