//! Data of more than one level in a field: objects and lists.

use std::cell::Cell;
use std::fmt;

use serde::Serialize;
use serde_json::Value;
use telemetry_core::mask::Masker;

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
        Masker::default().document(&mut value);
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
    let mut value: Value = serde_json::from_str(document).ok()?;
    masker.document(&mut value);
    Some(value.to_string())
}
