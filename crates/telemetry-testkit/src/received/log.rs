//! One log record as tests read it.

use std::collections::BTreeMap;
use std::fmt;

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::logs::v1::LogRecord;

use super::attributes;
use super::span::SpanEntry;

/// One log record.
#[derive(Debug, Clone, PartialEq)]
pub struct LogEntry {
    /// The message.
    pub body: String,
    /// `TRACE`, `DEBUG`, `INFO`, `WARN` or `ERROR`.
    pub severity: String,
    /// OpenTelemetry's number of the severity (INFO is 9).
    pub severity_number: i32,
    /// The event's name, empty where it has none.
    pub event_name: String,
    /// Name of the instrumentation scope; tracing's target for bridged events.
    pub scope: String,
    /// The record's fields.
    pub attributes: BTreeMap<String, String>,
    /// 32 hexadecimal digits; nothing outside a span.
    pub trace_id: Option<String>,
    /// 16 hexadecimal digits; nothing outside a span.
    pub span_id: Option<String>,
    /// Attributes of the resource.
    pub resource: BTreeMap<String, String>,
    /// Time of the event (or of its observation) in nanoseconds since the Unix epoch.
    pub time_unix_nanos: u64,
}

impl LogEntry {
    /// One field as text, if the record has it.
    #[must_use]
    pub fn attribute(&self, key: &str) -> Option<&str> {
        self.attributes.get(key).map(String::as_str)
    }

    /// Asserts one field.
    ///
    /// # Panics
    ///
    /// When the record has it not, or with another value.
    #[track_caller]
    pub fn assert_attribute(&self, key: &str, expected: &str) {
        let actual = self.attribute(key);
        assert!(actual == Some(expected), "attribute {key} is {actual:?}, not {expected:?}, of log\n  {self}");
    }

    /// Asserts the severity: `TRACE`, `DEBUG`, `INFO`, `WARN` or `ERROR`.
    ///
    /// # Panics
    ///
    /// When it is another.
    #[track_caller]
    pub fn assert_severity(&self, expected: &str) {
        assert!(self.severity == expected, "the severity is {}, not {expected}, of log\n  {self}", self.severity);
    }

    /// Asserts that it was written in that span.
    ///
    /// # Panics
    ///
    /// When it was written in another, or in none.
    #[track_caller]
    pub fn assert_in(&self, span: &SpanEntry) {
        let is_inside = self.span_id.as_ref() == Some(&span.span_id) && self.trace_id.as_ref() == Some(&span.trace_id);
        assert!(is_inside, "expected span\n  {span}\nof log\n  {self}");
    }

    pub(super) fn flatten(request: &ExportLogsServiceRequest) -> Vec<Self> {
        let mut logs = Vec::new();
        for group in &request.resource_logs {
            let resource = attributes::of_resource(group.resource.as_ref());
            for scoped in &group.scope_logs {
                let scope = attributes::scope_name(scoped.scope.as_ref());
                logs.extend(scoped.log_records.iter().map(|record| Self::new(record, &scope, &resource)));
            }
        }
        logs
    }

    fn new(record: &LogRecord, scope: &str, resource: &BTreeMap<String, String>) -> Self {
        let times = [record.time_unix_nano, record.observed_time_unix_nano];
        Self {
            body: attributes::text(record.body.as_ref()),
            severity: record.severity_text.clone(),
            severity_number: record.severity_number,
            event_name: record.event_name.clone(),
            scope: scope.to_owned(),
            attributes: attributes::flatten(&record.attributes),
            trace_id: attributes::id(&record.trace_id),
            span_id: attributes::id(&record.span_id),
            resource: resource.clone(),
            time_unix_nanos: times.into_iter().find(|time| *time != 0).unwrap_or_default(),
        }
    }
}

impl fmt::Display for LogEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {:?} {}", self.severity, self.scope, self.body, attributes::display(&self.attributes))?;
        match &self.span_id {
            Some(span) => write!(f, " in span {span}"),
            None => Ok(()),
        }
    }
}
