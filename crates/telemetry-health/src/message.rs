//! What may be said to whoever reaches the endpoint. A word that may be a secret is one: what is lost is in the logs of
//! the component that failed.

use serde_json::Value;
use telemetry_core::mask::{Policy, REDACTED, is_secret_name};
use telemetry_core::text::{NAME, cut};

/// The most characters of a message.
const LONGEST: usize = 200;
/// The most bytes of a line that are read: some components say whole bodies.
const READ: usize = 16 * 1024;
/// What stands where something was left out.
const CUT: &str = "…";
/// Where the interesting part of an error ends and a stack trace begins, if both are in one line.
const TRACES: [&str; 4] = ["stack backtrace", "Stack trace", "Traceback (", "    at "];

/// The first line without what may be a secret.
pub(crate) fn safe(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let line = beginning(line);
    let end = TRACES.iter().filter_map(|mark| line.find(mark)).min().unwrap_or(line.len());
    let masked = Policy::Strict.text(line[..end].trim_end());
    if line.is_empty() && !text.trim().is_empty() {
        return CUT.to_owned();
    }
    match masked.char_indices().nth(LONGEST) {
        Some((cut, _)) => format!("{}…", &masked[..cut]),
        None => masked.into_owned(),
    }
}

/// How much of a value is told: how many values there are in it, and how far these stand in each other.
struct Room {
    values: usize,
    depth: usize,
}

/// The value under a name, with the texts in it made safe, and with nothing under names of secrets. Of one with more than
/// 256 values in it, or with values that stand in each other more than eight times, the rest is left out.
pub(crate) fn safe_field(name: &str, value: Value) -> Value {
    safe_member(name, value, &mut Room { values: 256, depth: 8 })
}

fn safe_value(value: Value, room: &mut Room) -> Value {
    if room.values == 0 || room.depth == 0 {
        return CUT.into();
    }
    room.values -= 1;
    room.depth -= 1;
    // One more than there is room for says that there are more.
    let most = room.values + 1;
    let safe = match value {
        Value::String(text) => Value::String(safe(&text)),
        Value::Array(items) => Value::Array(items.into_iter().take(most).map(|item| safe_value(item, room)).collect()),
        Value::Object(fields) => {
            let safe =
                |(name, value): (String, Value)| (cut(&name, NAME).into_owned(), safe_member(&name, value, room));
            Value::Object(fields.into_iter().take(most).map(safe).collect())
        }
        value => value,
    };
    room.depth += 1;
    safe
}

fn safe_member(name: &str, value: Value, room: &mut Room) -> Value {
    if is_secret_name(name) { REDACTED.into() } else { safe_value(value, room) }
}

/// As much of a line as is read, without the half of a word, which may be the half of a secret that no masker knows.
fn beginning(line: &str) -> &str {
    if line.len() <= READ {
        return line;
    }
    let read = &line[..line.floor_char_boundary(READ)];
    &read[..read.rfind(char::is_whitespace).unwrap_or(0)]
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
    fn what_a_component_says_at_length_is_not_read_to_its_end() {
        assert_eq!(safe(&"x".repeat(1 << 20)), CUT, "one word of 1 MB");
        let said = safe(&"a word ".repeat(1 << 20));
        assert!(said.starts_with("a word a word") && said.ends_with(CUT), "{said}");
        assert_eq!(said.chars().count(), LONGEST + 1);
    }

    #[test]
    fn of_large_values_the_beginning_is_told() {
        let items = |count: usize| Value::Array((0..count).map(Value::from).collect());
        let objects = |count: usize| Value::Object((0..count).map(|n| (format!("field-{n}"), n.into())).collect());
        let rows = |count: usize| Value::Array((0..count).map(|_| items(count)).collect());
        let deep = |depth: usize| (0..depth).fold(Value::from("inmost"), |inner, _| vec![inner].into());
        let named = serde_json::json!({"n".repeat(1 << 20): 1});
        for (value, is_whole) in [
            (items(255), true),
            (items(100_000), false),
            (objects(100_000), false),
            (rows(1_000), false),
            (deep(7), true),
            (deep(100), false),
            (named, false),
        ] {
            let whole = value.to_string();
            let safe = safe_field("details", value).to_string();
            assert_eq!(safe == whole, is_whole, "{safe}");
            assert_eq!(safe.contains(CUT), !is_whole, "{safe}");
            assert!(safe.len() < 16 * 1024, "{} bytes", safe.len());
        }
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
        assert_eq!(safe_field("rates", value), safe);
    }
}
