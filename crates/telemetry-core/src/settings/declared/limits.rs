//! Settings of how much a span or log record may hold.

/// How much one span or log record may hold; what is beyond is dropped, and counted on the span. Lengths are in characters.
#[derive(crate::Settings, Debug, Clone, PartialEq)]
#[settings(title = "Limits of spans and log records")]
pub struct Limits {
    /// Attributes of a span or a log record, unless its own limit is set.
    #[setting(env = "OTEL_ATTRIBUTE_COUNT_LIMIT", default = 128, example = "64")]
    pub attributes: Option<u32>,
    /// Length of an attribute's text, unless the signal's own limit is set. Back ends cut at about as much: New Relic at
    /// 4,095 characters, Grafana Tempo at 2,048 bytes.
    #[setting(env = "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", default = 4096, example = "64")]
    pub attribute_length: Option<usize>,
    /// Attributes of a span.
    #[setting(env = "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", unset = "`OTEL_ATTRIBUTE_COUNT_LIMIT`", example = "64")]
    pub span_attributes: Option<u32>,
    /// Length of the text of a span's attribute.
    #[setting(
        env = "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT",
        unset = "`OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT`",
        example = "64"
    )]
    pub span_attribute_length: Option<usize>,
    /// Events of a span.
    #[setting(env = "OTEL_SPAN_EVENT_COUNT_LIMIT", default = 128, example = "64")]
    pub span_events: Option<u32>,
    /// Links of a span.
    #[setting(env = "OTEL_SPAN_LINK_COUNT_LIMIT", default = 128, example = "64")]
    pub span_links: Option<u32>,
    /// Attributes of an event of a span.
    #[setting(env = "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", unset = "`OTEL_ATTRIBUTE_COUNT_LIMIT`", example = "64")]
    pub event_attributes: Option<u32>,
    /// Attributes of a link of a span.
    #[setting(env = "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", unset = "`OTEL_ATTRIBUTE_COUNT_LIMIT`", example = "64")]
    pub link_attributes: Option<u32>,
    /// Attributes of a log record.
    #[setting(env = "OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT", unset = "`OTEL_ATTRIBUTE_COUNT_LIMIT`", example = "64")]
    pub log_attributes: Option<u32>,
    /// Length of the text of a log record's attribute.
    #[setting(
        env = "OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT",
        unset = "`OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT`",
        example = "64"
    )]
    pub log_attribute_length: Option<usize>,
    /// Bytes of one span or log record as a whole. Of one that is larger, events and links leave first, the last ones before
    /// others, then the texts of its attributes are cut.
    #[setting(env = "TELEMETRY_ITEM_SIZE_LIMIT", default = 262_144, accepts = 1_024..=100_000_000, example = "65536")]
    pub item_size: Option<usize>,
}
