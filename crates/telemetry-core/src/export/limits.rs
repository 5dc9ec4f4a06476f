//! Limits of attributes that the SDK does not keep, applied before spans and log records are sent.

use std::borrow::Cow;

use opentelemetry::logs::{AnyValue, LogRecord as _, Logger as _, LoggerProvider as _};
use opentelemetry::trace::Status;
use opentelemetry::{Array, KeyValue, StringValue, Value};
use opentelemetry_sdk::logs::{SdkLogRecord, SdkLoggerProvider};
use opentelemetry_sdk::trace::SpanData;

use super::event_name;
use super::masked::{Masked, Masking, Turn, near};
use super::record::Record;
use super::size::{self, Item as _};

/// The shortest that texts are cut to for the sake of the whole, in characters.
const SHORTEST: usize = 16;

/// The limits of spans that the SDK does not keep itself; kept on the exporter's thread, where nobody waits.
#[derive(Debug)]
pub(crate) struct SpanLimits {
    /// How many characters an attribute's text has.
    pub(crate) length: usize,
    /// How many bytes a span has.
    pub(crate) size: usize,
    /// What is taken out of it before anything is cut that is near a secret.
    pub(crate) masking: Masking,
}

impl SpanLimits {
    pub(crate) async fn keep(&self, spans: &mut [SpanData]) {
        let mut turn = Turn::default();
        for span in spans {
            keep_last(&mut span.attributes);
            span.events.events.iter_mut().for_each(event_name::of_span_event);
            if self.masking.is_on() {
                // What will be cut is not masked, but for what may end in half a secret.
                each_text(span, |text| cut_near(text, self.length));
                self.leave(span, self.size.saturating_mul(2));
                self.masking.span(span, self.size);
                turn.after(span.size()).await;
            }
            each_text(span, |text| shorten(text, self.length));
            if span.size() > self.size {
                self.cut(span);
            }
        }
    }

    /// Takes events and links away, the last ones first, until it has so many bytes; how many it has.
    fn leave(&self, span: &mut SpanData, most: usize) -> usize {
        let mut size = span.size();
        while size > most
            && let Some(event) = span.events.events.pop()
        {
            size -= size::event(&event);
            span.events.dropped_count = span.events.dropped_count.saturating_add(1);
        }
        while size > most
            && let Some(link) = span.links.links.pop()
        {
            size -= size::link(&link);
            span.links.dropped_count = span.links.dropped_count.saturating_add(1);
        }
        size
    }

    /// Cuts a span until it fits, or nothing of it is left that can be cut.
    fn cut(&self, span: &mut SpanData) {
        let mut size = self.leave(span, self.size);
        let mut length = self.length;
        while size > self.size && length > SHORTEST {
            length /= 2;
            each_text(span, |text| shorten(text, length));
            if let Status::Error { description } = &mut span.status {
                shorten_cow(description, length);
            }
            shorten_cow(&mut span.name, length);
            size = span.size();
        }
        while size > self.size
            && let Some(attribute) = span.attributes.pop()
        {
            size -= size::attribute(&attribute);
            span.dropped_attributes_count = span.dropped_attributes_count.saturating_add(1);
        }
    }
}

/// Of attributes under one name, the SDK keeps all; the last one is what was meant.
fn keep_last(attributes: &mut Vec<KeyValue>) {
    for at in (0..attributes.len()).rev() {
        if attributes[at + 1..].iter().any(|later| later.key == attributes[at].key) {
            attributes.remove(at);
        }
    }
}

/// Cuts a text that has far more characters than are kept.
fn cut_near(text: &mut StringValue, length: usize) {
    let part = near(text.as_str(), length);
    if part.len() < text.as_str().len() {
        *text = part.to_owned().into();
    }
}

/// All texts of attributes of a span.
fn each_text(span: &mut SpanData, mut change: impl FnMut(&mut StringValue)) {
    let events = span.events.events.iter_mut().flat_map(|event| &mut event.attributes);
    let links = span.links.links.iter_mut().flat_map(|link| &mut link.attributes);
    for KeyValue { value, .. } in span.attributes.iter_mut().chain(events).chain(links) {
        match value {
            Value::String(text) => change(text),
            Value::Array(Array::String(texts)) => texts.iter_mut().for_each(&mut change),
            _ => {}
        }
    }
}

/// The limits of log records, of which the SDK keeps none.
#[derive(Debug)]
pub(crate) struct LogLimits {
    count: usize,
    length: usize,
    size: usize,
    masking: Masking,
    /// The SDK lets nobody take an attribute away or make a record, so that a smaller one is made from this.
    blank: SdkLogRecord,
}

impl LogLimits {
    /// A record has at most `count` attributes, their text `length` characters, and it all `size` bytes, without secrets.
    pub(crate) fn new(count: usize, length: usize, size: usize, masking: Masking) -> Self {
        let blank = SdkLoggerProvider::builder().build().logger("").create_log_record();
        Self { count, length, size, masking, blank }
    }

    pub(crate) async fn keep(&self, records: &mut [Box<Record>]) {
        let mut turn = Turn::default();
        for record in records {
            if self.masking.is_on() {
                let masked = self.masking.record(&record.0, self.length, self.size);
                if !masked.is_same() {
                    record.0 = self.without_secrets(&record.0, masked);
                }
                turn.after(record.size()).await;
            }
            let too_many = record.0.attributes_iter().nth(self.count).is_some();
            let too_long = || record.0.attributes_iter().any(|(_, value)| longest(value) > self.length);
            if too_many || is_of_log_crate(&record.0) || too_long() {
                record.0 = self.within(&record.0, self.length, usize::MAX);
            }
            let mut length = self.length;
            while record.size() > self.size && length > SHORTEST {
                length /= 2;
                record.0 = self.within(&record.0, length, self.size / 2);
            }
        }
    }

    /// The same with what is other in it once it is masked.
    fn without_secrets(&self, record: &SdkLogRecord, masked: Masked) -> SdkLogRecord {
        let mut attributes = masked.attributes.into_iter().peekable();
        let change = |at: usize, value: &AnyValue| {
            while attributes.next_if(|(changed, _)| *changed < at).is_some() {}
            attributes.next_if(|(changed, _)| *changed == at).map_or_else(|| value.clone(), |(_, masked)| masked)
        };
        self.made(record, |body| masked.body.unwrap_or_else(|| body.clone()), change)
    }

    /// The same with texts of so many characters, and a body of so many.
    fn within(&self, record: &SdkLogRecord, length: usize, body_length: usize) -> SdkLogRecord {
        let within = |value: &AnyValue, length: usize| {
            let mut value = value.clone();
            shorten_any(&mut value, length);
            value
        };
        self.made(record, |body| within(body, body_length), |_, value| within(value, length))
    }

    /// The same with another body and other values of its attributes, which are told apart by their place.
    fn made(
        &self,
        record: &SdkLogRecord,
        change_body: impl FnOnce(&AnyValue) -> AnyValue,
        mut change: impl FnMut(usize, &AnyValue) -> AnyValue,
    ) -> SdkLogRecord {
        let mut kept = self.blank.clone();
        if let Some(name) = record.event_name() {
            kept.set_event_name(name);
        }
        let of_log_crate = is_of_log_crate(record);
        let told = of_log_crate.then(|| record.attributes_iter().find(|(key, _)| key.as_str() == LOG_CRATE_TARGET));
        match (told.flatten(), record.target()) {
            (Some((_, AnyValue::String(target))), _) => kept.set_target(target.as_str().to_owned()),
            (_, Some(target)) => kept.set_target(target.clone()),
            (_, None) => {}
        }
        if let Some(time) = record.timestamp() {
            kept.set_timestamp(time);
        }
        if let Some(time) = record.observed_timestamp() {
            kept.set_observed_timestamp(time);
        }
        if let Some(context) = record.trace_context() {
            kept.set_trace_context(context.trace_id, context.span_id, context.trace_flags);
        }
        if let Some(text) = record.severity_text() {
            kept.set_severity_text(text);
        }
        if let Some(severity) = record.severity_number() {
            kept.set_severity_number(severity);
        }
        if let Some(body) = record.body() {
            kept.set_body(change_body(body));
        }
        let all = record.attributes_iter().enumerate();
        let own = all.filter(|(_, (key, _))| !(of_log_crate && key.as_str().starts_with("log.")));
        for (at, (key, value)) in own.take(self.count) {
            kept.add_attribute(key.clone(), change(at, value));
        }
        kept
    }
}

/// The attribute with the target of a record of the `log` crate, which `tracing-log` hands on under its own.
const LOG_CRATE_TARGET: &str = "log.target";

/// Whether it came from the `log` crate: it is sent as an event of `tracing` would be, under its own target.
fn is_of_log_crate(record: &SdkLogRecord) -> bool {
    record.target().is_some_and(|target| target == "log")
        && record.attributes_iter().any(|(key, _)| key.as_str() == LOG_CRATE_TARGET)
}

fn shorten_any(value: &mut AnyValue, length: usize) {
    match value {
        AnyValue::String(text) => shorten(text, length),
        AnyValue::ListAny(values) => values.iter_mut().for_each(|value| shorten_any(value, length)),
        AnyValue::Map(values) => values.values_mut().for_each(|value| shorten_any(value, length)),
        _ => {}
    }
}

/// The bytes of the longest text in it, which has no more characters.
fn longest(value: &AnyValue) -> usize {
    match value {
        AnyValue::String(text) => text.as_str().len(),
        AnyValue::ListAny(values) => values.iter().map(longest).max().unwrap_or(0),
        AnyValue::Map(values) => values.values().map(longest).max().unwrap_or(0),
        _ => 0,
    }
}

fn shorten_cow(text: &mut Cow<'static, str>, length: usize) {
    if let Some((end, _)) = text.char_indices().nth(length) {
        *text = Cow::Owned(text[..end].to_owned());
    }
}

fn shorten(text: &mut StringValue, length: usize) {
    // A text has at least as many bytes as characters.
    if text.as_str().len() > length
        && let Some((end, _)) = text.as_str().char_indices().nth(length)
    {
        *text = text.as_str()[..end].to_owned().into();
    }
}
