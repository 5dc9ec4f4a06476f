//! Secrets taken out of spans and log records before they are sent, on the exporter's thread, where nobody waits.

use std::borrow::Cow;

use opentelemetry::logs::AnyValue;
use opentelemetry::trace::Status;
use opentelemetry::{Array, KeyValue, StringValue, Value};
use opentelemetry_sdk::logs::SdkLogRecord;
use opentelemetry_sdk::trace::SpanData;

use crate::mask::{Masker, REDACTED, is_id_name, is_key_of_name, is_key_of_value};

/// How many bytes are looked at behind what is kept of a text, and as many again at most: half a secret at its end is one
/// that no masker knows.
const BEYOND: usize = 1_024;
/// As many bytes are masked before others have their turn on the exporter's thread.
const AT_ONCE: usize = 128 * 1_024;

/// What is taken out of what is sent.
#[derive(Debug, Clone)]
pub(crate) struct Masking(Option<Masker>);

/// What is other in a record once it is masked: its body, and attributes by their place.
#[derive(Debug, Default)]
pub(super) struct Masked {
    pub(super) body: Option<AnyValue>,
    pub(super) attributes: Vec<(usize, AnyValue)>,
}

impl Masked {
    pub(super) fn is_same(&self) -> bool {
        self.body.is_none() && self.attributes.is_empty()
    }
}

impl Masking {
    /// By that masker; `None` where all is to stay.
    pub(crate) fn new(masker: Option<Masker>) -> Self {
        Self(masker)
    }

    pub(super) fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// Masks the name of a span, its attributes, those of its events and links, and what it says of its failure.
    pub(super) fn span(&self, span: &mut SpanData, longest: usize) {
        let Some(masker) = &self.0 else { return };
        text(masker, &mut span.name, longest);
        if let Status::Error { description } = &mut span.status {
            text(masker, description, longest);
        }
        attributes(masker, &mut span.attributes);
        for event in &mut span.events.events {
            text(masker, &mut event.name, longest);
            attributes(masker, &mut event.attributes);
        }
        for link in &mut span.links.links {
            attributes(masker, &mut link.attributes);
        }
    }

    /// What is other in a record, of whose texts so many characters are kept, and so many of its body's: the SDK lets nobody
    /// change its attributes, so that it has to be made anew.
    pub(super) fn record(&self, record: &SdkLogRecord, longest: usize, longest_body: usize) -> Masked {
        let Some(masker) = &self.0 else { return Masked::default() };
        let names_secret = record.attributes_iter().any(|(key, value)| match value {
            AnyValue::String(name) => is_key_of_name(key.as_str()) && masker.is_secret_name(name.as_str()),
            _ => false,
        });
        let all = record.attributes_iter().enumerate();
        let attributes = all.filter_map(|(at, (key, value))| {
            let key = key.as_str();
            let is_its_value = names_secret && is_key_of_value(key);
            Some((at, member(masker, key, value, is_its_value, longest)?))
        });
        Masked {
            attributes: attributes.collect(),
            body: record.body().and_then(|body| any(masker, body, longest_body)),
        }
    }
}

/// Lets others have their turn on a thread that masks.
#[derive(Debug, Default)]
pub(super) struct Turn {
    masked: usize,
}

impl Turn {
    /// So many bytes were masked.
    pub(super) async fn after(&mut self, bytes: usize) {
        self.masked += bytes;
        if self.masked >= AT_ONCE {
            self.masked = 0;
            tokio::task::yield_now().await;
        }
    }
}

/// As much of a text as is looked at, where so many characters are kept. It ends between two words, if that is near.
pub(super) fn near(text: &str, longest: usize) -> &str {
    if text.len() <= longest {
        return text;
    }
    let Some((end, _)) = text.char_indices().nth(longest) else { return text };
    let most = end.saturating_add(BEYOND.min(end));
    if text.len() <= most {
        return text;
    }
    let near = &text[..text.floor_char_boundary(most)];
    let begin = near.ceil_char_boundary(end);
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | ';' | '&');
    near[begin..].rfind(ends).map_or(near, |at| &near[..begin + at])
}

fn text(masker: &Masker, text: &mut Cow<'static, str>, longest: usize) {
    let part = near(text, longest);
    if let Cow::Owned(masked) = masker.text(part) {
        *text = masked.into();
    } else if part.len() < text.len() {
        *text = part.to_owned().into();
    }
}

fn attributes(masker: &Masker, attributes: &mut [KeyValue]) {
    let names_secret = attributes.iter().any(|KeyValue { key, value, .. }| match value {
        Value::String(name) => is_key_of_name(key.as_str()) && masker.is_secret_name(name.as_str()),
        _ => false,
    });
    for KeyValue { key, value, .. } in attributes {
        let key = key.as_str();
        let goes = masker.is_secret_name(key) || (names_secret && is_key_of_value(key));
        // That there is a secret is none.
        if goes && !matches!(value, Value::Bool(_)) {
            *value = REDACTED.into();
            continue;
        }
        match value {
            Value::String(text) => {
                let masked = if is_id_name(key) { masker.id(text.as_str()) } else { masker.text(text.as_str()) };
                if let Cow::Owned(masked) = masked {
                    *text = masked.into();
                }
            }
            Value::Array(Array::String(texts)) => list(masker, texts),
            _ => {}
        }
    }
}

/// Masks a list, which may be the arguments of a command.
fn list(masker: &Masker, texts: &mut [StringValue]) {
    let mut is_announced = false;
    for text in texts {
        let announces = masker.is_secret_option(text.as_str());
        if is_announced && !text.as_str().starts_with('-') {
            *text = REDACTED.into();
        } else if let Cow::Owned(masked) = masker.text(text.as_str()) {
            *text = masked.into();
        }
        is_announced = announces;
    }
}

/// The value of a key without secrets, where there are any or it is too long.
fn member(masker: &Masker, key: &str, value: &AnyValue, is_secret: bool, longest: usize) -> Option<AnyValue> {
    if (is_secret || masker.is_secret_name(key)) && !matches!(value, AnyValue::Boolean(_)) {
        return Some(REDACTED.into());
    }
    match value {
        AnyValue::String(text) if is_id_name(key) => {
            changed(text.as_str(), near(text.as_str(), longest), |id| masker.id(id))
        }
        value => any(masker, value, longest),
    }
}

/// A value without secrets, where there are any or it is too long.
fn any(masker: &Masker, value: &AnyValue, longest: usize) -> Option<AnyValue> {
    match value {
        AnyValue::String(text) => changed(text.as_str(), near(text.as_str(), longest), |text| masker.text(text)),
        AnyValue::ListAny(values) => {
            let masked: Vec<_> = values.iter().map(|value| any(masker, value, longest)).collect();
            masked.iter().any(Option::is_some).then(|| {
                let values = values.iter().zip(masked).map(|(value, masked)| masked.unwrap_or_else(|| value.clone()));
                AnyValue::ListAny(Box::new(values.collect()))
            })
        }
        AnyValue::Map(values) => {
            let names_secret = values.iter().any(|(key, value)| match value {
                AnyValue::String(name) => is_key_of_name(key.as_str()) && masker.is_secret_name(name.as_str()),
                _ => false,
            });
            let masked = values.iter().filter_map(|(key, value)| {
                let is_its_value = names_secret && is_key_of_value(key.as_str());
                Some((key.clone(), member(masker, key.as_str(), value, is_its_value, longest)?))
            });
            let masked: Vec<_> = masked.collect();
            (!masked.is_empty()).then(|| {
                let mut values = values.clone();
                values.extend(masked);
                AnyValue::Map(values)
            })
        }
        _ => None,
    }
}

/// What a text becomes, of which that part is looked at.
fn changed<'a>(text: &str, part: &'a str, mask: impl FnOnce(&'a str) -> Cow<'a, str>) -> Option<AnyValue> {
    match mask(part) {
        Cow::Owned(masked) => Some(masked.into()),
        Cow::Borrowed(_) => (part.len() < text.len()).then(|| part.to_owned().into()),
    }
}
