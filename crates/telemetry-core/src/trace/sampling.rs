//! Which traces are kept, decided before a span is built and again by the SDK's sampler.

use opentelemetry::trace::{Link, SpanContext, SpanKind, TraceContextExt, TraceId};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{SamplingDecision, SamplingResult, ShouldSample};

/// Which traces are kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Sampling {
    /// All of them, whatever the caller decided.
    AlwaysOn,
    /// None.
    AlwaysOff,
    /// This share of them, from 0 to 1, told by the trace's id, whatever the caller decided.
    Ratio(f64),
    /// What the caller decided; all that start here.
    ParentBasedAlwaysOn,
    /// What the caller decided; none that start here.
    ParentBasedAlwaysOff,
    /// What the caller decided; this share, from 0 to 1, of those that start here.
    ParentBasedRatio(f64),
}

impl Default for Sampling {
    /// The OpenTelemetry specification's default, `parentbased_always_on`.
    fn default() -> Self {
        Self::ParentBasedAlwaysOn
    }
}

impl Sampling {
    /// Whether a span of this parent and trace is kept.
    pub(super) fn keeps(self, parent: Option<&SpanContext>, trace_id: TraceId) -> bool {
        let parent = parent.filter(|parent| parent.is_valid());
        match (self, parent) {
            (Self::AlwaysOn, _) => true,
            (Self::AlwaysOff, _) => false,
            (Self::Ratio(ratio), _) => keeps_id(trace_id, ratio),
            (_, Some(parent)) => parent.is_sampled(),
            (Self::ParentBasedAlwaysOn, None) => true,
            (Self::ParentBasedAlwaysOff, None) => false,
            (Self::ParentBasedRatio(ratio), None) => keeps_id(trace_id, ratio),
        }
    }

    /// Whether it depends on the id of a trace that starts here. The SDK draws another, so that it has to be told; of
    /// all else it finds the same.
    pub(super) fn is_drawn(self, parent: Option<&SpanContext>) -> bool {
        parent.is_none() && matches!(self, Self::Ratio(_) | Self::ParentBasedRatio(_))
    }
}

/// The specification's TraceIdRatioBased: the id's low bits, as a share of all values, are below the ratio.
fn keeps_id(trace_id: TraceId, ratio: f64) -> bool {
    let bytes = trace_id.to_bytes();
    let mut low = [0; 8];
    low.copy_from_slice(&bytes[8..]);
    let share = (u64::from_be_bytes(low) >> 1) as f64 / (1_u64 << 63) as f64;
    // The highest ids round up to a share of 1, which a ratio of 1 keeps too.
    ratio >= 1.0 || share < ratio
}

/// In a context: a guard has decided to keep the span that starts under it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kept;

/// The sampler for the SDK's tracer provider: keeps what a guard has decided to keep, else decides itself.
#[derive(Debug, Clone)]
pub struct Sampler(Sampling);

impl Sampler {
    /// The sampler of this setting.
    #[must_use]
    pub fn new(sampling: Sampling) -> Self {
        Self(sampling)
    }
}

impl ShouldSample for Sampler {
    fn should_sample(
        &self,
        parent: Option<&Context>,
        trace_id: TraceId,
        _name: &str,
        _kind: &SpanKind,
        _attributes: &[KeyValue],
        _links: &[Link],
    ) -> SamplingResult {
        let kept = parent.is_some_and(|parent| parent.get::<Kept>().is_some());
        let span = parent.map(|parent| parent.span());
        let span_context = span.as_ref().map(|span| span.span_context());
        let keeps = kept || self.0.keeps(span_context, trace_id);
        SamplingResult {
            decision: if keeps { SamplingDecision::RecordAndSample } else { SamplingDecision::Drop },
            attributes: Vec::new(),
            trace_state: span_context.map(|parent| parent.trace_state().clone()).unwrap_or_default(),
        }
    }
}
