//! One span as tests read it, with its events and links.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use opentelemetry::trace::{SpanKind, Status};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::{self as wire, span, status::StatusCode};

use super::attributes;

/// One finished span.
#[derive(Debug, Clone, PartialEq)]
pub struct SpanEntry {
    /// The span's name.
    pub name: String,
    /// Its kind; an unspecified one reads as internal.
    pub kind: SpanKind,
    /// 32 hexadecimal digits.
    pub trace_id: String,
    /// 16 hexadecimal digits.
    pub span_id: String,
    /// 16 hexadecimal digits; nothing for a root span.
    pub parent_span_id: Option<String>,
    /// Whether the parent is in another process, where known.
    pub parent_is_remote: bool,
    /// The W3C tracestate.
    pub trace_state: String,
    /// How it ended.
    pub status: Status,
    /// Its attributes.
    pub attributes: BTreeMap<String, String>,
    /// The names of its attributes that were sent as whole numbers, each once.
    pub whole_numbers: BTreeSet<String>,
    /// Its events, in order.
    pub events: Vec<SpanEvent>,
    /// Its links, in order.
    pub links: Vec<SpanLink>,
    /// Name of the instrumentation scope.
    pub scope: String,
    /// Attributes of the resource.
    pub resource: BTreeMap<String, String>,
    /// Start in nanoseconds since the Unix epoch.
    pub start_unix_nanos: u64,
    /// End in nanoseconds since the Unix epoch.
    pub end_unix_nanos: u64,
}

/// One event of a span.
#[derive(Debug, Clone, PartialEq)]
pub struct SpanEvent {
    /// The event's name.
    pub name: String,
    /// Its attributes.
    pub attributes: BTreeMap<String, String>,
    /// The names of its attributes that were sent as whole numbers, each once.
    pub whole_numbers: BTreeSet<String>,
    /// Its time in nanoseconds since the Unix epoch.
    pub time_unix_nanos: u64,
}

/// One link of a span to another.
#[derive(Debug, Clone, PartialEq)]
pub struct SpanLink {
    /// 32 hexadecimal digits.
    pub trace_id: String,
    /// 16 hexadecimal digits.
    pub span_id: String,
    /// Attributes of the link.
    pub attributes: BTreeMap<String, String>,
}

impl SpanEntry {
    /// One attribute as text, if the span has it.
    #[must_use]
    pub fn attribute(&self, key: &str) -> Option<&str> {
        self.attributes.get(key).map(String::as_str)
    }

    /// The events of that name, in order.
    #[must_use]
    pub fn events_named(&self, name: &str) -> Vec<&SpanEvent> {
        self.events.iter().filter(|event| event.name == name).collect()
    }

    /// Whether it ended in an error.
    #[must_use]
    pub fn is_error(&self) -> bool {
        matches!(self.status, Status::Error { .. })
    }

    /// From start to end.
    #[must_use]
    pub fn duration(&self) -> Duration {
        Duration::from_nanos(self.end_unix_nanos.saturating_sub(self.start_unix_nanos))
    }

    /// Asserts one attribute.
    ///
    /// # Panics
    ///
    /// When the span has it not, or with another value.
    #[track_caller]
    pub fn assert_attribute(&self, key: &str, expected: &str) {
        let actual = self.attribute(key);
        assert!(actual == Some(expected), "attribute {key} is {actual:?}, not {expected:?}, of span\n  {self}");
    }

    /// Asserts that it has not that attribute.
    ///
    /// # Panics
    ///
    /// When it has.
    #[track_caller]
    pub fn assert_no_attribute(&self, key: &str) {
        let actual = self.attribute(key);
        assert!(actual.is_none(), "expected no attribute {key}, found {actual:?}, of span\n  {self}");
    }

    /// Asserts how it ended: with the status of an error and this `error.type`, or with neither.
    ///
    /// # Panics
    ///
    /// When it ended otherwise.
    #[track_caller]
    pub fn assert_error(&self, error_type: Option<&str>) {
        let actual = self.attribute("error.type");
        assert!(actual == error_type, "error.type is {actual:?}, not {error_type:?}, of span\n  {self}");
        assert!(self.is_error() == error_type.is_some(), "the status is {:?}, of span\n  {self}", self.status);
    }

    pub(super) fn flatten(request: &ExportTraceServiceRequest) -> Vec<Self> {
        let mut spans = Vec::new();
        for group in &request.resource_spans {
            let resource = attributes::of_resource(group.resource.as_ref());
            for scoped in &group.scope_spans {
                let scope = attributes::scope_name(scoped.scope.as_ref());
                spans.extend(scoped.spans.iter().map(|span| Self::new(span, &scope, &resource)));
            }
        }
        spans
    }

    fn new(span: &wire::Span, scope: &str, resource: &BTreeMap<String, String>) -> Self {
        let event = |event: &span::Event| SpanEvent {
            name: event.name.clone(),
            attributes: attributes::flatten(&event.attributes),
            whole_numbers: attributes::whole_numbers(&event.attributes),
            time_unix_nanos: event.time_unix_nano,
        };
        let link = |link: &span::Link| SpanLink {
            trace_id: attributes::hex(&link.trace_id),
            span_id: attributes::hex(&link.span_id),
            attributes: attributes::flatten(&link.attributes),
        };
        Self {
            name: span.name.clone(),
            kind: match span.kind() {
                span::SpanKind::Unspecified | span::SpanKind::Internal => SpanKind::Internal,
                span::SpanKind::Server => SpanKind::Server,
                span::SpanKind::Client => SpanKind::Client,
                span::SpanKind::Producer => SpanKind::Producer,
                span::SpanKind::Consumer => SpanKind::Consumer,
            },
            trace_id: attributes::hex(&span.trace_id),
            span_id: attributes::hex(&span.span_id),
            parent_span_id: attributes::id(&span.parent_span_id),
            parent_is_remote: span.flags & wire::SpanFlags::ContextIsRemoteMask as u32 != 0,
            trace_state: span.trace_state.clone(),
            status: match &span.status {
                Some(status) if status.code() == StatusCode::Error => Status::error(status.message.clone()),
                Some(status) if status.code() == StatusCode::Ok => Status::Ok,
                _ => Status::Unset,
            },
            attributes: attributes::flatten(&span.attributes),
            whole_numbers: attributes::whole_numbers(&span.attributes),
            events: span.events.iter().map(event).collect(),
            links: span.links.iter().map(link).collect(),
            scope: scope.to_owned(),
            resource: resource.clone(),
            start_unix_nanos: span.start_time_unix_nano,
            end_unix_nanos: span.end_time_unix_nano,
        }
    }
}

impl fmt::Display for SpanEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parent = self.parent_span_id.as_deref().unwrap_or("none");
        write!(f, "{} {} (trace {}, parent {parent})", self.name, self.span_id, self.trace_id)?;
        write!(f, " {:?} {:?} {}", self.kind, self.status, attributes::display(&self.attributes))?;
        self.events
            .iter()
            .try_for_each(|event| write!(f, "\n    event {} {}", event.name, attributes::display(&event.attributes)))
    }
}
