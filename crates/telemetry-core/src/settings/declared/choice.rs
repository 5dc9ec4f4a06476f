//! Settings that are one of a few words.

use crate::Choice;

/// How OTLP travels.
#[derive(Choice, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[choice(note = "http/protobuf and http/json are not built in")]
pub enum Protocol {
    /// OTLP over gRPC.
    Grpc,
}

/// How requests are compressed.
#[derive(Choice, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Compression {
    /// With gzip.
    Gzip,
    /// Not at all.
    None,
}

/// How histograms are aggregated.
#[derive(Choice, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[choice(note = "every histogram declares its buckets")]
pub enum HistogramAggregation {
    /// Into the buckets that each declares.
    #[choice(word = "explicit_bucket_histogram")]
    ExplicitBucket,
}

/// How traces are chosen, under the names of the specification.
#[derive(Choice, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[choice(note = "jaeger_remote, parentbased_jaeger_remote and xray need an agent and are not built in")]
#[non_exhaustive]
pub enum SamplerKind {
    /// Every span.
    AlwaysOn,
    /// No span.
    AlwaysOff,
    /// A share of all traces, whatever the parent decided.
    #[choice(word = "traceidratio")]
    TraceIdRatio,
    /// As the parent decided; every trace that starts here.
    #[choice(word = "parentbased_always_on")]
    ParentBasedAlwaysOn,
    /// As the parent decided; no trace that starts here.
    #[choice(word = "parentbased_always_off")]
    ParentBasedAlwaysOff,
    /// As the parent decided; a share of the traces that start here.
    #[choice(word = "parentbased_traceidratio")]
    ParentBasedTraceIdRatio,
}

impl SamplerKind {
    /// Whether it keeps a share, which its argument says.
    #[must_use]
    pub const fn takes_ratio(self) -> bool {
        matches!(self, Self::TraceIdRatio | Self::ParentBasedTraceIdRatio)
    }
}

/// How the application's events are printed to standard error.
#[derive(Choice, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Console {
    /// For people at a terminal, one JSON object a line otherwise; nothing where the application has layers or a
    /// subscriber of its own.
    Auto,
    /// For people: short, and coloured at a terminal.
    Pretty,
    /// One JSON object a line.
    Json,
    /// Not at all.
    Off,
}
