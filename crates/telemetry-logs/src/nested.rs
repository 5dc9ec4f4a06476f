//! Data of more than one level in a field: objects and lists.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use serde::Serialize;
use serde_json::Value;
use telemetry_core::mask::{Masker, REDACTED};

/// How deep an object or a list may lie within others; what lies deeper is taken out.
const DEEPEST: usize = 10;

thread_local! {
    /// Whether what was just written is a document of JSON.
    static IS_JSON: Cell<bool> = const { Cell::new(false) };
}

/// A value of any shape as the field of an event: an object or a list within the line's `data`, and a text of JSON for all
/// others. Secrets are taken out of it for everybody who takes the event, by the names of its keys and by what its texts
/// hold; what lies deeper than ten levels is taken out too.
///
/// ```
/// use serde_json::json;
/// use telemetry_logs::nested;
///
/// let input = json!({ "path": "/src/index.ts", "headers": { "x-api-key": "hunter2" } });
/// tracing::debug!(tool = "Read", input = %nested(&input), "Tool input prepared");
/// assert_eq!(
///     nested(&input).to_string(),
///     r#"{"path":"/src/index.ts","headers":{"x-api-key":"[redacted]"}}"#
/// );
/// ```
pub fn nested<T: Serialize>(value: &T) -> Nested<'_, T> {
    Nested(value)
}

/// What [`nested()`] makes.
#[derive(Clone, Copy)]
pub struct Nested<'a, T>(&'a T);

impl<T: Serialize> fmt::Display for Nested<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What does not serialize has nothing to say.
        let mut value = serde_json::to_value(self.0).unwrap_or(Value::Null);
        mask(&mut value, &Masker::default(), DEEPEST);
        let written = write!(f, "{value}");
        IS_JSON.set(true);
        written
    }
}

impl<T: Serialize> fmt::Debug for Nested<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Whether what was written since the last time this was asked came from [`nested()`].
pub(crate) fn take_is_json() -> bool {
    IS_JSON.replace(false)
}

/// A document of JSON without what the masker of a log knows besides.
pub(crate) fn mask_document(document: &str, masker: &Masker) -> Option<String> {
    let mut value = serde_json::from_str(document).ok()?;
    mask(&mut value, masker, DEEPEST);
    Some(value.to_string())
}

fn mask(value: &mut Value, masker: &Masker, levels: usize) {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
        Value::String(text) => {
            if let Cow::Owned(masked) = masker.text(text) {
                *text = masked;
            }
        }
        Value::Array(_) | Value::Object(_) if levels == 0 => *value = REDACTED.into(),
        Value::Array(items) => items.iter_mut().for_each(|item| mask(item, masker, levels - 1)),
        Value::Object(members) => {
            // A list of headers says its keys as values: `{"name": "x-api-key", "value": "…"}`.
            let names_secret = members.iter().any(|(key, value)| {
                telemetry_core::mask::is_key_of_name(key)
                    && value.as_str().is_some_and(|name| masker.is_secret_name(name))
            });
            if members.keys().any(|key| matches!(masker.text(key), Cow::Owned(_))) {
                // What is looked up by a secret, such as a table of sessions.
                let renamed = std::mem::take(members).into_iter();
                members.extend(renamed.map(|(key, value)| (masker.text(&key).into_owned(), value)));
            }
            for (key, value) in members {
                let is_its_value = names_secret && telemetry_core::mask::is_key_of_value(key);
                if !value.is_null() && (masker.is_secret_name(key) || is_its_value) {
                    *value = REDACTED.into();
                } else {
                    mask(value, masker, levels - 1);
                }
            }
        }
    }
}
