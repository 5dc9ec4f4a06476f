//! Defaults that their own settings do not accept.

use std::time::Duration;

use telemetry_core::Settings;

/// What holds for all mails.
#[derive(Settings, Debug, Clone, PartialEq)]
#[settings(key = "mail", env = "TELEMETRY_S3")]
struct MailSettings {
    /// How many mails go at once.
    #[setting(default = 200, accepts = 1..=100)]
    batch: usize,
    /// How long it takes.
    #[setting(default = "0s", accepts = "1ms"..="1h")]
    timeout: Duration,
    /// The share of what is looked at.
    #[setting(default = 1.5, accepts = 0.0..=1.0)]
    ratio: f64,
}

fn main() {}
