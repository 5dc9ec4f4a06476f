//! Settings whose declaration breaks no rule.

use std::time::Duration;

use telemetry_core::{Choice, Settings, SettingsError, SettingsGroup as _};

#[derive(Choice, Debug, Clone, Copy, PartialEq, Eq, Default)]
#[choice(note = "others need an agent")]
enum Overload {
    #[default]
    Wait,
    #[choice(word = "turn-away")]
    Refuse,
}

/// How the queue works.
#[derive(Settings, Debug, Clone, PartialEq)]
struct QueueSettings {
    /// How many wait.
    #[setting(default = 100, accepts = 1..=10_000)]
    capacity: usize,
    /// What happens to one that there is no room for.
    overload: Overload,
}

/// What holds for all mails.
#[derive(Settings, Debug, Clone, PartialEq)]
#[settings(key = "mail", env = "TELEMETRY_S3", title = "Mails", check = MailSettings::check)]
struct MailSettings {
    /// How long it takes.
    #[setting(default = "1m 30s", accepts = "1ms"..="24h")]
    timeout: Duration,
    /// The share of what is looked at.
    #[setting(default = 0.5, accepts = 0.0..=1.0, env = "OTEL_S3_RATIO", key = "mails.ratio")]
    ratio: f64,
    /// The token.
    #[setting(secret, example = "abc")]
    token: Option<String>,
    /// The queue.
    #[setting(group)]
    queue: QueueSettings,
    /// The other queue.
    #[setting(group(key = "second", env = "OTEL_S3_SECOND", unset = "as the first"))]
    other: QueueSettings,
    #[setting(skip)]
    seen: u64,
}

impl MailSettings {
    fn check(&self) -> Result<(), SettingsError> {
        if self.queue.capacity >= self.other.capacity { Ok(()) } else { Err(SettingsError::value("mail", "", "")) }
    }
}

fn main() {
    let rows: Vec<_> = MailSettings::SETTINGS.iter().map(|row| (row.key(), row.env(), row.default())).collect();
    let row = |key, env, default: &str| (key, env, default.to_owned());
    assert_eq!(
        rows,
        [
            row("mail.timeout", "TELEMETRY_S3_TIMEOUT", "90 s"),
            row("mails.ratio", "OTEL_S3_RATIO", "0.5"),
            row("mail.token", "TELEMETRY_S3_TOKEN", "none"),
            row("mail.queue.capacity", "TELEMETRY_S3_QUEUE_CAPACITY", "100"),
            row("mail.queue.overload", "TELEMETRY_S3_QUEUE_OVERLOAD", "wait"),
            row("mail.second.capacity", "OTEL_S3_SECOND_CAPACITY", "as the first"),
            row("mail.second.overload", "OTEL_S3_SECOND_OVERLOAD", "as the first"),
        ]
    );
    assert_eq!(MailSettings::SETTINGS[4].accepted(), "wait or turn-away (others need an agent)");
    assert!(MailSettings::default().validate().is_ok());
    assert_eq!(Overload::Refuse.as_str(), "turn-away");
    let _ = MailSettings::default().seen;
}
