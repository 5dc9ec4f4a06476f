//! What an application chooses of its health.

use std::time::Duration;

/// What an application chooses of its health.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthSettings {
    /// The service's version, as the answers of the endpoints tell it.
    pub version: String,
    /// How long a check may take that does not say so itself.
    pub timeout: Duration,
    /// How long what a check found is believed, where the check does not say so itself; with zero, each call runs it anew,
    /// unless it is under way.
    pub ttl: Duration,
    /// How often a watch checks while nobody asks.
    pub watch_interval: Duration,
}

impl Default for HealthSettings {
    fn default() -> Self {
        Self {
            version: "unknown".to_owned(),
            timeout: Duration::from_secs(5),
            ttl: Duration::from_secs(5),
            watch_interval: Duration::from_secs(15),
        }
    }
}
