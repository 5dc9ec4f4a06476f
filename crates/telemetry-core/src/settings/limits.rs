//! Settings of how much a span or log record may hold.

use opentelemetry_sdk::trace::SpanLimits;

use super::layers::Layers;
use super::variable::{At, Variable};

/// How much one span or log record may hold; what is beyond is dropped. Counts default to 128, lengths (in characters)
/// to no limit.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Limits {
    /// Attributes of a span or a log record, unless its own limit is set: `OTEL_ATTRIBUTE_COUNT_LIMIT`.
    pub attributes: Option<u32>,
    /// Length of an attribute's text, unless the signal's own limit is set: `OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT`.
    pub attribute_length: Option<usize>,
    /// Attributes of a span: `OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT`.
    pub span_attributes: Option<u32>,
    /// Length of the text of a span's attribute: `OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT`.
    pub span_attribute_length: Option<usize>,
    /// Events of a span: `OTEL_SPAN_EVENT_COUNT_LIMIT`.
    pub span_events: Option<u32>,
    /// Links of a span: `OTEL_SPAN_LINK_COUNT_LIMIT`.
    pub span_links: Option<u32>,
    /// Attributes of an event of a span: `OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT`.
    pub event_attributes: Option<u32>,
    /// Attributes of a link of a span: `OTEL_LINK_ATTRIBUTE_COUNT_LIMIT`.
    pub link_attributes: Option<u32>,
    /// Attributes of a log record: `OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT`.
    pub log_attributes: Option<u32>,
    /// Length of the text of a log record's attribute: `OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT`.
    pub log_attribute_length: Option<usize>,
}

/// Checked [`Limits`]. The SDK keeps the counts of a span; the other three are not known to it.
#[derive(Debug, Clone, Copy)]
pub struct ResolvedLimits {
    /// Counts within a span.
    pub span: SpanLimits,
    /// Length of the text of a span's attribute, in characters.
    pub span_attribute_length: Option<usize>,
    /// Attributes of a log record.
    pub log_attributes: usize,
    /// Length of the text of a log record's attribute, in characters.
    pub log_attribute_length: Option<usize>,
}

macro_rules! limit {
    ($field:ident, $env:literal) => {
        Variable::new(concat!("limits.", stringify!($field)), $env, "64", &At(|s| &mut s.limits.$field))
    };
}

pub(super) const VARIABLES: &[Variable] = &[
    limit!(attributes, "OTEL_ATTRIBUTE_COUNT_LIMIT"),
    limit!(attribute_length, "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT"),
    limit!(span_attributes, "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT"),
    limit!(span_attribute_length, "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT"),
    limit!(span_events, "OTEL_SPAN_EVENT_COUNT_LIMIT"),
    limit!(span_links, "OTEL_SPAN_LINK_COUNT_LIMIT"),
    limit!(event_attributes, "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT"),
    limit!(link_attributes, "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT"),
    limit!(log_attributes, "OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT"),
    limit!(log_attribute_length, "OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT"),
];

// The specification's default of every count.
const COUNT: u32 = 128;

/// The limits; any number is fine, zero means none of that kind.
pub(super) fn resolve(layers: &Layers) -> ResolvedLimits {
    let limits = &layers.settings.limits;
    // Not by layer: a limit for all is meant as a fallback even where it is set in a source of more weight.
    let attributes = |own: Option<u32>| own.or(limits.attributes).unwrap_or(COUNT);
    let span = SpanLimits {
        max_attributes_per_span: attributes(limits.span_attributes),
        max_events_per_span: limits.span_events.unwrap_or(COUNT),
        max_links_per_span: limits.span_links.unwrap_or(COUNT),
        max_attributes_per_event: attributes(limits.event_attributes),
        max_attributes_per_link: attributes(limits.link_attributes),
    };
    ResolvedLimits {
        span,
        span_attribute_length: limits.span_attribute_length.or(limits.attribute_length),
        log_attributes: usize::try_from(attributes(limits.log_attributes)).unwrap_or(usize::MAX),
        log_attribute_length: limits.log_attribute_length.or(limits.attribute_length),
    }
}
