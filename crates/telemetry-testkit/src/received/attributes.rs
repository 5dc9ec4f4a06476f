//! OTLP's attributes as text that tests compare.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::resource::v1::Resource;

/// Attributes as text, by key.
pub(crate) type Attributes = BTreeMap<String, String>;

pub(super) fn flatten(attributes: &[KeyValue]) -> Attributes {
    attributes.iter().map(|entry| (entry.key.clone(), text(entry.value.as_ref()))).collect()
}

/// The names under which there is one value, a whole number.
pub(super) fn whole_numbers(attributes: &[KeyValue]) -> BTreeSet<String> {
    let is_number = |entry: &KeyValue| {
        matches!(entry.value.as_ref().and_then(|value| value.value.as_ref()), Some(Value::IntValue(_)))
    };
    let is_alone = |entry: &KeyValue| attributes.iter().filter(|other| other.key == entry.key).count() == 1;
    attributes.iter().filter(|entry| is_number(entry) && is_alone(entry)).map(|entry| entry.key.clone()).collect()
}

pub(super) fn of_resource(resource: Option<&Resource>) -> Attributes {
    resource.map(|resource| flatten(&resource.attributes)).unwrap_or_default()
}

pub(super) fn scope_name(scope: Option<&InstrumentationScope>) -> String {
    scope.map(|scope| scope.name.clone()).unwrap_or_default()
}

/// A value as text: scalars as Rust displays them, lists as `[a, b]`, maps as `{k: v}`, bytes in hexadecimal.
pub(super) fn text(value: Option<&AnyValue>) -> String {
    match value.and_then(|value| value.value.as_ref()) {
        None => String::new(),
        Some(Value::StringValue(text)) => text.clone(),
        Some(Value::BoolValue(flag)) => flag.to_string(),
        Some(Value::IntValue(number)) => number.to_string(),
        Some(Value::DoubleValue(number)) => number.to_string(),
        Some(Value::StringValueStrindex(index)) => format!("#{index}"),
        Some(Value::BytesValue(bytes)) => hex(bytes),
        Some(Value::ArrayValue(list)) => {
            let items: Vec<_> = list.values.iter().map(|item| text(Some(item))).collect();
            format!("[{}]", items.join(", "))
        }
        Some(Value::KvlistValue(map)) => {
            let items: Vec<_> =
                map.values.iter().map(|entry| format!("{}: {}", entry.key, text(entry.value.as_ref()))).collect();
            format!("{{{}}}", items.join(", "))
        }
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// An id in hexadecimal, or nothing where it is missing or all zeros.
pub(super) fn id(bytes: &[u8]) -> Option<String> {
    bytes.iter().any(|byte| *byte != 0).then(|| hex(bytes))
}

/// Attributes as a test reads them: `{a="1", b="2"}`.
pub(super) fn display(attributes: &Attributes) -> String {
    let items: Vec<_> = attributes.iter().map(|(key, value)| format!("{key}={value:?}")).collect();
    format!("{{{}}}", items.join(", "))
}

/// Whether the attributes include all of `wanted`.
pub(super) fn include(attributes: &Attributes, wanted: &[(&str, &str)]) -> bool {
    wanted.iter().all(|(key, value)| attributes.get(*key).is_some_and(|actual| actual == value))
}
