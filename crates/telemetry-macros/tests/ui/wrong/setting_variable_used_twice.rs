//! One variable for two settings.

use telemetry_core::Settings;

/// What holds for all mails.
#[derive(Settings, Debug, Clone, PartialEq)]
#[settings(key = "mail", env = "TELEMETRY_S3")]
struct MailSettings {
    /// How many mails go at once.
    batch: usize,
    /// How many mails go at once at night.
    #[setting(env = "TELEMETRY_S3_BATCH")]
    batch_at_night: usize,
}

fn main() {}
