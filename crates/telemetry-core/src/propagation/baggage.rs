//! The baggage: its header, read and written within the recommendation's limits, and its members, copied into another.

use opentelemetry::baggage::{Baggage, BaggageMetadata, KeyValueMetadata};
use opentelemetry::{Key, StringValue};

use crate::percent;

/// What the recommendation asks everybody to hand on; longer headers are dropped whole, before any work is put in.
const MAX_LENGTH: usize = 8192;
const MAX_MEMBERS: usize = 64;

/// The lines of the header, joined. A malformed member is left out, and so is what is over the limit.
pub(super) fn parse(lines: &[&str]) -> Vec<KeyValueMetadata> {
    let length: usize = lines.iter().map(|line| line.len() + 1).sum();
    if length > MAX_LENGTH + 1 {
        return Vec::new();
    }
    lines.iter().flat_map(|line| line.split(',')).filter_map(member).take(MAX_MEMBERS).collect()
}

fn member(member: &str) -> Option<KeyValueMetadata> {
    let (pair, properties) = member.split_once(';').unwrap_or((member, ""));
    let (key, value) = pair.split_once('=')?;
    let (key, value, properties) = (trim(key), trim(value), trim(properties));
    let sound = is_token(key) && value.bytes().all(is_octet) && properties.bytes().all(is_property);
    sound
        .then(|| percent::decode(value))
        .flatten()
        .map(|value| KeyValueMetadata::new(key.to_owned(), value, properties))
}

/// A member of a baggage, for another.
pub(crate) fn copied((key, (value, metadata)): (&Key, &(StringValue, BaggageMetadata))) -> KeyValueMetadata {
    KeyValueMetadata::new(key.clone(), value.clone(), metadata.as_str())
}

/// The header; `None` where it would be empty.
pub(super) fn header(baggage: &Baggage) -> Option<String> {
    let mut members: Vec<String> = baggage
        .iter()
        .filter(|(key, _)| is_token(key.as_str()))
        .map(|(key, (value, metadata))| {
            let value = percent::encode(value.as_str(), |byte| is_octet(byte) && byte != b'%');
            let properties = trim(metadata.as_str());
            let properties = if properties.bytes().all(is_property) { properties } else { "" };
            let separator = if properties.is_empty() { "" } else { ";" };
            format!("{key}={value}{separator}{properties}")
        })
        .collect();
    members.sort_unstable();
    members.truncate(MAX_MEMBERS);
    while members.iter().map(|member| member.len() + 1).sum::<usize>() > MAX_LENGTH + 1 {
        members.pop();
    }
    (!members.is_empty()).then(|| members.join(","))
}

fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

fn is_token(text: &str) -> bool {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(token)
}

fn is_octet(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"\",;\\".contains(&byte)
}

/// A character of what follows the value: properties, separated by semicolons.
fn is_property(byte: u8) -> bool {
    is_octet(byte) || b"; \t".contains(&byte)
}
