//! What may be said to whoever reaches the endpoint. A word that may be a secret is one: what is lost is in the logs of
//! the component that failed.

use serde_json::Value;
use telemetry_core::mask::{Policy, REDACTED, is_secret_name};

/// The most characters of a message.
const LONGEST: usize = 200;
/// Where the interesting part of an error ends and a stack trace begins, if both are in one line.
const TRACES: [&str; 4] = ["stack backtrace", "Stack trace", "Traceback (", "    at "];

/// The first line without what may be a secret.
pub(crate) fn safe(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let end = TRACES.iter().filter_map(|mark| line.find(mark)).min().unwrap_or(line.len());
    let masked = Policy::Strict.text(line[..end].trim_end());
    match masked.char_indices().nth(LONGEST) {
        Some((cut, _)) => format!("{}…", &masked[..cut]),
        None => masked.into_owned(),
    }
}

/// The value under a name, with the texts in it made safe, and with nothing under names of secrets.
pub(crate) fn safe_field(name: &str, value: Value) -> Value {
    if is_secret_name(name) { REDACTED.into() } else { safe_value(value) }
}

fn safe_value(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(safe(&text)),
        Value::Array(items) => Value::Array(items.into_iter().map(safe_value).collect()),
        Value::Object(fields) => {
            let safe = |(name, value): (String, Value)| {
                let value = safe_field(&name, value);
                (name, value)
            };
            Value::Object(fields.into_iter().map(safe).collect())
        }
        value => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_is_told_without_what_may_be_a_secret() {
        for (text, shown) in [
            ("no such table: tasks", "no such table: tasks"),
            ("postgres://app:hunter2@db/prod: timed out", "[redacted] timed out"),
            ("password is \"hunter2\"", "password is [redacted]"),
            ("boom\n   0: core::panicking\n   1: main", "boom"),
            ("boom stack backtrace: 0: main", "boom"),
            ("Error: boom    at main (/srv/app.js:1:2)", "Error: boom"),
            ("\n\n  boom", "boom"),
            ("", ""),
        ] {
            assert_eq!(safe(text), shown, "{text:?}");
        }
    }

    #[test]
    fn a_long_message_is_cut_between_characters() {
        let safe = safe(&"ä ".repeat(500));
        assert_eq!(safe.chars().count(), LONGEST + 1);
        assert!(safe.ends_with('…'));
    }

    #[test]
    fn values_are_made_safe_in_depth() {
        let value = serde_json::json!({
            "rate": {"remaining": 4500, "percent": "90.0", "hosts": ["a", "https://user:pass@host"]},
            "apiKey": "hunter2",
            "sessionToken": 7,
        });
        let safe = serde_json::json!({
            "rate": {"remaining": 4500, "percent": "90.0", "hosts": ["a", "[redacted]"]},
            "apiKey": "[redacted]",
            "sessionToken": "[redacted]",
        });
        assert_eq!(safe_value(value), safe);
    }
}
