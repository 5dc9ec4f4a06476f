//! What holds for a service's health.

use std::time::Duration;

use telemetry_core::Settings;

/// What holds for a service's health unless a check says otherwise.
#[derive(Settings, Debug, Clone, PartialEq, Eq)]
#[settings(key = "health", env = "TELEMETRY_HEALTH", title = "Health")]
pub struct HealthSettings {
    /// The service's version, as the answers of the endpoints tell it.
    #[setting(default = "unknown", example = "1.2.3")]
    pub version: String,
    /// How long a check may take that does not say so itself; then its component is unhealthy.
    #[setting(default = "5s", accepts = "1ms"..="10min")]
    pub timeout: Duration,
    /// How long what a check found is believed, where the check does not say so itself; with zero, each call runs it anew,
    /// unless it is under way.
    #[setting(default = "5s", accepts = "0s"..="1h")]
    pub ttl: Duration,
    /// How often a watch checks while nobody asks.
    #[setting(default = "15s", accepts = "10ms"..="1h")]
    pub watch_interval: Duration,
}
