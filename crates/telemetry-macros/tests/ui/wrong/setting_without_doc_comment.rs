//! A setting that does not say what it means.

use telemetry_core::Settings;

/// What holds for all mails.
#[derive(Settings, Debug, Clone, PartialEq)]
#[settings(key = "mail", env = "TELEMETRY_S3")]
struct MailSettings {
    #[setting(default = 10)]
    batch: usize,
}

fn main() {}
