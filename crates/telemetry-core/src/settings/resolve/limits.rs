//! Limits of spans and log records, with their fallbacks.

use opentelemetry_sdk::trace::SpanLimits;

use super::layers::Layers;

/// Checked [`Limits`](crate::settings::Limits). The SDK keeps the counts of a span; the others are not known to it.
#[derive(Debug, Clone, Copy)]
pub struct ResolvedLimits {
    /// Counts within a span.
    pub span: SpanLimits,
    /// Length of the text of a span's attribute, in characters.
    pub span_attribute_length: usize,
    /// Attributes of a log record.
    pub log_attributes: usize,
    /// Length of the text of a log record's attribute, in characters.
    pub log_attribute_length: usize,
    /// Bytes of one span or log record.
    pub item_size: usize,
}

/// The limits; any number is fine, zero means none of that kind.
pub(super) fn resolve(layers: &Layers) -> ResolvedLimits {
    let limits = &layers.settings.limits;
    // Not by layer: a limit for all is meant as a fallback even where it is set in a source of more weight.
    let attributes = |own: Option<u32>| own.unwrap_or_else(|| limits.attributes());
    let span = SpanLimits {
        max_attributes_per_span: attributes(limits.span_attributes),
        max_events_per_span: limits.span_events(),
        max_links_per_span: limits.span_links(),
        max_attributes_per_event: attributes(limits.event_attributes),
        max_attributes_per_link: attributes(limits.link_attributes),
    };
    ResolvedLimits {
        span,
        span_attribute_length: limits.span_attribute_length.unwrap_or_else(|| limits.attribute_length()),
        log_attributes: usize::try_from(attributes(limits.log_attributes)).unwrap_or(usize::MAX),
        log_attribute_length: limits.log_attribute_length.unwrap_or_else(|| limits.attribute_length()),
        item_size: limits.item_size(),
    }
}
