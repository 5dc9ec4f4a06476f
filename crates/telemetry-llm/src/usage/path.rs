//! Where a value stands in a body: a path, as the tables of shapes and providers write it.
//!
//! `usage.input_tokens` goes down by names, `choices[].finish_reason` into each item of a list, and
//! `promptTokensDetails[modality=AUDIO].tokenCount` into the items whose field has that text. An empty path is the value
//! itself. Numbers at several places are added by a `+` between them.

use serde_json::Value;

/// Calls `found` with each value that stands there.
pub(super) fn each<'a>(value: &'a Value, path: &str, found: &mut dyn FnMut(&'a Value)) {
    if path.is_empty() {
        return found(value);
    }
    let (step, rest) = path.split_once('.').unwrap_or((path, ""));
    let Some((name, items)) = step.split_once('[') else {
        if let Some(value) = value.get(step) {
            each(value, rest, found);
        }
        return;
    };
    let wanted = items.trim_end_matches(']').split_once('=');
    let is_wanted = |item: &Value| wanted.is_none_or(|(key, text)| item.get(key).and_then(Value::as_str) == Some(text));
    for item in value.get(name).and_then(Value::as_array).into_iter().flatten() {
        if is_wanted(item) {
            each(item, rest, found);
        }
    }
}

/// The first value that stands there.
pub(super) fn first<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    let mut first = None;
    each(value, path, &mut |value| first = first.or(Some(value)));
    first
}

/// The first text that stands at one of the places, and is not empty.
pub(super) fn text<'a>(value: &'a Value, paths: &[&str]) -> Option<&'a str> {
    let texts = paths.iter().filter_map(|path| first(value, path)?.as_str());
    texts.into_iter().find(|text| !text.is_empty())
}

/// The sum of the numbers that stand there, of those that are neither negative nor above `most`.
pub(super) fn number(value: &Value, path: &str, most: f64) -> Option<f64> {
    sum(value, path, most, Value::as_f64)
}

/// [`number`], also of numbers that are written as texts, as gateways write money.
pub(super) fn amount(value: &Value, path: &str, most: f64) -> Option<f64> {
    sum(value, path, most, |value| value.as_f64().or_else(|| value.as_str()?.trim().parse().ok()))
}

fn sum(value: &Value, path: &str, most: f64, read: impl Fn(&Value) -> Option<f64>) -> Option<f64> {
    let mut sum = None;
    for path in path.split('+') {
        each(value, path, &mut |value| {
            if let Some(number) = read(value).filter(|number| (0.0..=most).contains(number)) {
                sum = Some(sum.unwrap_or_default() + number);
            }
        });
    }
    sum.filter(|sum| *sum <= most)
}
