//! The propagator that the process installs, and which headers it reads and writes.

use opentelemetry::Context;
use opentelemetry::baggage::BaggageExt as _;
use opentelemetry::propagation::text_map_propagator::FieldIter;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};

use super::{TraceContext, baggage};
use crate::setting::{Node, SettingValue, Syntax};

const TRACEPARENT: &str = "traceparent";
const TRACESTATE: &str = "tracestate";
pub(super) const BAGGAGE: &str = "baggage";

/// Which headers carry the context between processes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PropagatorSet {
    /// The W3C trace context: `traceparent` and `tracestate`.
    pub trace_context: bool,
    /// W3C baggage.
    pub baggage: bool,
}

impl PropagatorSet {
    /// No header.
    pub const NONE: Self = Self { trace_context: false, baggage: false };
    /// All of them.
    pub const ALL: Self = Self { trace_context: true, baggage: true };
}

impl Default for PropagatorSet {
    fn default() -> Self {
        Self::ALL
    }
}

impl SettingValue for PropagatorSet {
    fn accepted(_: Syntax) -> String {
        "a comma-separated list of tracecontext and baggage, or none".to_owned()
    }

    fn read(node: &Node, syntax: Syntax) -> Result<Self, String> {
        let names = Vec::<String>::read(node, syntax).map_err(|_| Self::accepted(syntax))?;
        let names: Vec<_> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
        if names == ["none"] {
            return Ok(Self::NONE);
        }
        let mut set = Self::NONE;
        for name in &names {
            match name.as_str() {
                "tracecontext" => set.trace_context = true,
                "baggage" => set.baggage = true,
                _ => return Err(Self::accepted(syntax)),
            }
        }
        Ok(set)
    }

    fn write(&self) -> String {
        let name = match (self.trace_context, self.baggage) {
            (true, true) => "tracecontext,baggage",
            (true, false) => "tracecontext",
            (false, true) => "baggage",
            (false, false) => "none",
        };
        name.to_owned()
    }
}

/// Propagator of the W3C trace context and baggage that reads and writes only what is valid.
#[derive(Debug, Clone)]
pub struct StrictPropagator {
    set: PropagatorSet,
    fields: Vec<String>,
}

impl StrictPropagator {
    /// A propagator of these headers.
    #[must_use]
    pub fn new(set: PropagatorSet) -> Self {
        let trace_context = [TRACEPARENT, TRACESTATE].into_iter().filter(|_| set.trace_context);
        let baggage = [BAGGAGE].into_iter().filter(|_| set.baggage);
        Self { set, fields: trace_context.chain(baggage).map(str::to_owned).collect() }
    }
}

impl Default for StrictPropagator {
    fn default() -> Self {
        Self::new(PropagatorSet::default())
    }
}

impl TextMapPropagator for StrictPropagator {
    fn inject_context(&self, context: &Context, injector: &mut dyn Injector) {
        if self.set.trace_context
            && let Some(trace) = TraceContext::from_context(context)
        {
            injector.set(TRACEPARENT, trace.traceparent());
            if let Some(state) = trace.tracestate() {
                injector.set(TRACESTATE, state);
            }
        }
        if self.set.baggage
            && let Some(header) = baggage::header(context.baggage())
        {
            injector.set(BAGGAGE, header);
        }
    }

    fn extract_with_context(&self, context: &Context, extractor: &dyn Extractor) -> Context {
        let lines = |name| extractor.get_all(name).unwrap_or_default();
        let mut extracted = context.clone();
        if self.set.trace_context {
            let parent = lines(TRACEPARENT);
            // Without a parent, as most requests come, there is no need to look for its state.
            let state = if parent.is_empty() { Vec::new() } else { lines(TRACESTATE) };
            if let Ok(trace) = TraceContext::parse(&parent, &state) {
                extracted = trace.to_context(&extracted);
            }
        }
        if self.set.baggage {
            let members = baggage::parse(&lines(BAGGAGE));
            if !members.is_empty() {
                extracted = extracted.with_baggage(members);
            }
        }
        extracted
    }

    fn fields(&self) -> FieldIter<'_> {
        FieldIter::new(&self.fields)
    }
}
