//! Variables whose names do not tell whose they are.

use telemetry_core::Settings;

/// What holds for all mails.
#[derive(Settings, Debug, Clone, PartialEq)]
#[settings(key = "mail", env = "MAIL")]
struct MailSettings {
    /// How many mails go at once.
    batch: usize,
}

/// What holds for all letters.
#[derive(Settings, Debug, Clone, PartialEq)]
#[settings(key = "letter", env = "TELEMETRY_S3_LETTER")]
struct LetterSettings {
    /// How many letters go at once.
    #[setting(env = "TELEMETRY_letter_batch")]
    batch: usize,
}

fn main() {}
