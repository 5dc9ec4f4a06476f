//! Secrets taken out of documents of JSON, whose keys say what their values are.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::hidden::REDACTED;
use super::masker::Masker;
use super::names::{is_key_of_name, is_key_of_value};

/// How deep an object or a list may lie within others; what lies deeper is taken out.
const DEEPEST: usize = 10;

impl Masker {
    /// Takes secrets out of a document of JSON, by the names of its keys and by what its texts hold; whether there were any.
    /// What lies deeper than ten levels is taken out too.
    ///
    /// ```
    /// use serde_json::json;
    /// use telemetry_core::mask::Masker;
    ///
    /// let mut document = json!({ "path": "/src", "headers": [{ "name": "x-api-key", "value": "hunter2" }] });
    /// assert!(Masker::default().document(&mut document));
    /// assert_eq!(document["headers"][0]["value"], "[redacted]");
    /// assert_eq!(document["path"], "/src");
    /// ```
    pub fn document(&self, document: &mut Value) -> bool {
        self.value(document, DEEPEST)
    }

    fn value(&self, value: &mut Value, levels: usize) -> bool {
        match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
            Value::String(text) => match self.text(text) {
                Cow::Borrowed(_) => false,
                Cow::Owned(masked) => {
                    *text = masked;
                    true
                }
            },
            Value::Array(_) | Value::Object(_) if levels == 0 => hide(value),
            Value::Array(items) => self.list(items, levels - 1),
            Value::Object(members) => self.object(members, levels - 1),
        }
    }

    fn list(&self, items: &mut [Value], levels: usize) -> bool {
        let pairs = items.iter().all(|item| item.as_array().is_some_and(|pair| pair.len() == 2));
        let mut masks = false;
        for at in 0..items.len() {
            let (before, rest) = items.split_at_mut(at);
            let Some(item) = rest.first_mut() else { break };
            let option = before.last().and_then(Value::as_str).filter(|before| self.is_secret_option(before));
            let is_value = option.is_some() && item.as_str().is_some_and(|item| !item.starts_with('-'));
            if pairs
                && let Some([name, value]) = item.as_array_mut().map(Vec::as_mut_slice)
                && name.as_str().is_some_and(|name| self.is_secret_name(name))
            {
                // Headers as a list of names and values.
                masks |= !value.is_null() && hide(value);
            } else {
                masks |= if is_value { hide(item) } else { self.value(item, levels) };
            }
        }
        masks
    }

    fn object(&self, members: &mut Map<String, Value>, levels: usize) -> bool {
        let mut masks = false;
        // A list of headers says its keys as values: `{"name": "x-api-key", "value": "…"}`.
        let is_secret_name = |value: &Value| value.as_str().is_some_and(|name| self.is_secret_name(name));
        let names_secret = members.iter().any(|(key, value)| is_key_of_name(key) && is_secret_name(value));
        if members.keys().any(|key| matches!(self.text(key), Cow::Owned(_))) {
            // What is looked up by a secret, such as a table of sessions.
            let renamed = std::mem::take(members).into_iter();
            members.extend(renamed.map(|(key, value)| (self.text(&key).into_owned(), value)));
            masks = true;
        }
        for (key, value) in members {
            let is_its_value = names_secret && is_key_of_value(key);
            masks |= if !value.is_null() && (self.is_secret_name(key) || is_its_value) {
                hide(value)
            } else {
                self.value(value, levels)
            };
        }
        masks
    }
}

fn hide(value: &mut Value) -> bool {
    *value = REDACTED.into();
    true
}
