//! Limits of what has none, and limits and defaults that are none.

use telemetry_core::Settings;

/// What holds for all mails.
#[derive(Settings, Debug, Clone, PartialEq)]
#[settings(key = "mail", env = "TELEMETRY_S3")]
struct MailSettings {
    /// The server.
    #[setting(accepts = 1..=100)]
    server: String,
    /// How long it takes.
    #[setting(default = "soon")]
    timeout: std::time::Duration,
    /// How many mails go at once.
    #[setting(default = 1, accepts = 1..100)]
    batch: usize,
}

fn main() {}
