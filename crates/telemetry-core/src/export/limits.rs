use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};

/// Limits of attributes that the SDK does not keep itself; kept on the exporter's thread, where nobody waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AttributeLimits {
    /// How many attributes a record has; `usize::MAX` where the SDK counts them.
    pub(crate) count: usize,
    /// How many characters an attribute's text has.
    pub(crate) length: Option<usize>,
}

impl AttributeLimits {
    pub(crate) fn keep_in_spans(self, request: &mut ExportTraceServiceRequest) {
        let Some(length) = self.length else { return };
        let scopes = request.resource_spans.iter_mut().flat_map(|resource| &mut resource.scope_spans);
        for span in scopes.flat_map(|scope| &mut scope.spans) {
            shorten_all(&mut span.attributes, length);
            span.events.iter_mut().for_each(|event| shorten_all(&mut event.attributes, length));
            span.links.iter_mut().for_each(|link| shorten_all(&mut link.attributes, length));
        }
    }

    pub(crate) fn keep_in_logs(self, request: &mut ExportLogsServiceRequest) {
        let scopes = request.resource_logs.iter_mut().flat_map(|resource| &mut resource.scope_logs);
        for record in scopes.flat_map(|scope| &mut scope.log_records) {
            let excess = record.attributes.len().saturating_sub(self.count);
            if excess > 0 {
                record.attributes.truncate(self.count);
                record.dropped_attributes_count += u32::try_from(excess).unwrap_or(u32::MAX);
            }
            if let Some(length) = self.length {
                shorten_all(&mut record.attributes, length);
            }
        }
    }
}

fn shorten_all(attributes: &mut [KeyValue], length: usize) {
    attributes.iter_mut().filter_map(|attribute| attribute.value.as_mut()).for_each(|value| shorten(value, length));
}

fn shorten(value: &mut AnyValue, length: usize) {
    match &mut value.value {
        Some(Value::StringValue(text)) => {
            if let Some((end, _)) = text.char_indices().nth(length) {
                text.truncate(end);
            }
        }
        Some(Value::ArrayValue(array)) => array.values.iter_mut().for_each(|value| shorten(value, length)),
        Some(Value::KvlistValue(list)) => shorten_all(&mut list.values, length),
        _ => {}
    }
}
