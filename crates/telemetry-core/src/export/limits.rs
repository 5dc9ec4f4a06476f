//! Limits of attributes that the SDK does not keep, applied before spans and log records are sent.

use opentelemetry::logs::{AnyValue, LogRecord as _, Logger as _, LoggerProvider as _};
use opentelemetry::{Array, KeyValue, StringValue, Value};
use opentelemetry_sdk::logs::{SdkLogRecord, SdkLoggerProvider};
use opentelemetry_sdk::trace::SpanData;

use super::record::Record;

/// The limit of spans' attributes that the SDK does not keep itself; kept on the exporter's thread, where nobody waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SpanLimits {
    /// How many characters an attribute's text has.
    pub(crate) length: Option<usize>,
}

impl SpanLimits {
    pub(crate) fn keep(self, spans: &mut [SpanData]) {
        let Some(length) = self.length else { return };
        for span in spans {
            let events = span.events.events.iter_mut().flat_map(|event| &mut event.attributes);
            let links = span.links.links.iter_mut().flat_map(|link| &mut link.attributes);
            for KeyValue { value, .. } in span.attributes.iter_mut().chain(events).chain(links) {
                match value {
                    Value::String(text) => shorten(text, length),
                    Value::Array(Array::String(texts)) => texts.iter_mut().for_each(|text| shorten(text, length)),
                    _ => {}
                }
            }
        }
    }
}

/// The limits of log records, of which the SDK keeps none.
#[derive(Debug)]
pub(crate) struct LogLimits {
    count: usize,
    length: Option<usize>,
    /// The SDK lets nobody take an attribute away or make a record, so that a smaller one is made from this.
    blank: SdkLogRecord,
}

impl LogLimits {
    /// A record has at most `count` attributes, and their text `length` characters.
    pub(crate) fn new(count: usize, length: Option<usize>) -> Self {
        let blank = SdkLoggerProvider::builder().build().logger("").create_log_record();
        Self { count, length, blank }
    }

    pub(crate) fn keep(&self, records: &mut [Box<Record>]) {
        for record in records {
            let too_many = record.0.attributes_iter().nth(self.count).is_some();
            if self.length.is_some() || too_many || is_of_log_crate(&record.0) {
                record.0 = self.within(&record.0);
            }
        }
    }

    fn within(&self, record: &SdkLogRecord) -> SdkLogRecord {
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
            kept.set_body(body.clone());
        }
        let own = record.attributes_iter().filter(|(key, _)| !(of_log_crate && key.as_str().starts_with("log.")));
        for (key, value) in own.take(self.count) {
            let mut value = value.clone();
            if let Some(length) = self.length {
                shorten_any(&mut value, length);
            }
            kept.add_attribute(key.clone(), value);
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

fn shorten(text: &mut StringValue, length: usize) {
    if let Some((end, _)) = text.as_str().char_indices().nth(length) {
        *text = text.as_str()[..end].to_owned().into();
    }
}
