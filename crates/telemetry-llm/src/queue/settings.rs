//! How a queue of usage records works, and within which bounds that is accepted.

use std::fmt;
use std::time::Duration;

/// How a [`UsageQueue`](super::UsageQueue) works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueSettings {
    /// How many records may wait, those that are being stored included. Default: 10,000.
    pub capacity: usize,
    /// What happens to a record that there is no room for. Default: [`Overload::Wait`].
    pub overload: Overload,
    /// How many records are stored at once at most. Default: 100.
    pub batch: usize,
    /// How long a record waits for others to be stored with. Default: 1 s.
    pub linger: Duration,
    /// How long storing a batch may take before it counts as failed. Default: 10 s.
    pub store_timeout: Duration,
    /// How long to wait after the first failure; twice as long after each further one. Default: 100 ms.
    pub first_backoff: Duration,
    /// The most to wait after a failure. Default: 30 s.
    pub longest_backoff: Duration,
    /// How long storing what is left may take when the last handle is dropped without
    /// [`shutdown`](super::UsageQueue::shutdown). Default: 5 s.
    pub drain_on_drop: Duration,
}

/// What happens to a record that there is no room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overload {
    /// Whoever brings it waits until there is.
    Wait,
    /// Whoever brings it gets it back at once, and has to do something about it.
    Refuse,
}

impl Default for QueueSettings {
    fn default() -> Self {
        Self {
            capacity: 10_000,
            overload: Overload::Wait,
            batch: 100,
            linger: Duration::from_secs(1),
            store_timeout: Duration::from_secs(10),
            first_backoff: Duration::from_millis(100),
            longest_backoff: Duration::from_secs(30),
            drain_on_drop: Duration::from_secs(5),
        }
    }
}

impl QueueSettings {
    /// The most that `capacity` may be.
    pub const MOST_RECORDS: usize = 10_000_000;

    pub(super) fn validate(&self) -> Result<(), QueueError> {
        number("capacity", self.capacity, Self::MOST_RECORDS)?;
        number("batch", self.batch, self.capacity)?;
        let longest = Duration::from_secs(24 * 60 * 60);
        duration("linger", self.linger, Duration::ZERO, longest)?;
        duration("store_timeout", self.store_timeout, Duration::from_millis(1), longest)?;
        duration("first_backoff", self.first_backoff, Duration::from_millis(1), self.longest_backoff)?;
        duration("longest_backoff", self.longest_backoff, self.first_backoff, longest)?;
        duration("drain_on_drop", self.drain_on_drop, Duration::ZERO, longest)
    }
}

fn number(setting: &'static str, value: usize, most: usize) -> Result<(), QueueError> {
    let refuse = || QueueError::setting(setting, value, format_args!("from 1 to {most}"));
    if (1..=most).contains(&value) { Ok(()) } else { Err(refuse()) }
}

fn duration(setting: &'static str, value: Duration, least: Duration, most: Duration) -> Result<(), QueueError> {
    let text = humantime::format_duration;
    let refuse = || QueueError::setting(setting, text(value), format_args!("from {} to {}", text(least), text(most)));
    if (least..=most).contains(&value) { Ok(()) } else { Err(refuse()) }
}

/// Why a queue cannot be started.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QueueError {
    /// A setting is out of range.
    #[error("{setting} = {value} is not accepted: {accepted}")]
    Setting {
        /// The setting.
        setting: &'static str,
        /// Its value.
        value: String,
        /// What is accepted.
        accepted: String,
    },
    /// There is no tokio runtime here whose task it could be.
    #[error("a usage queue is started within a tokio runtime, and there is none here")]
    NoRuntime,
}

impl QueueError {
    fn setting(setting: &'static str, value: impl fmt::Display, accepted: fmt::Arguments<'_>) -> Self {
        Self::Setting { setting, value: value.to_string(), accepted: accepted.to_string() }
    }
}
