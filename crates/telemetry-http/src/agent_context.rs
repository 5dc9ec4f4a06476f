//! The trace handed to an agent's processes and SDKs, in headers and environment variables.

use std::collections::HashMap;

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::Context;
use telemetry_core::propagation::{
    Allowed, Destinations, PropagatorSet, StrictPropagator, TraceContext, current, extract_with, inject_with,
};
use telemetry_core::{Meter, Namespace};

const TRACE_CONTEXT: PropagatorSet = PropagatorSet { baggage: false, ..PropagatorSet::ALL };

/// What may go to a process or an SDK, which is no host.
fn sent() -> PropagatorSet {
    let Allowed { trace_context, baggage } = Destinations::global().allow(None, None);
    PropagatorSet { trace_context, baggage }
}

/// The trace that an agent's work belongs to, for its child processes and SDKs.
///
/// As headers: `traceparent`, `tracestate` where there is one, `x-agentpane-trace-id` and `x-agentpane-span-id`. As
/// environment variables: `TRACEPARENT`, `TRACESTATE`, `AGENTPANE_TRACE_ID` and `AGENTPANE_SPAN_ID`. Their prefix is
/// the namespace of the process's meter. Without a trace there are none of them. Baggage goes this way only where the
/// settings let it go to all hosts (`baggage_to: "*"`), and the trace only where they do (`trace_context_to`, the default).
///
/// ```
/// use std::process::Command;
///
/// use telemetry_http::AgentContext;
///
/// let mut agent = Command::new("agent");
/// agent.arg("--task").arg("42").envs(AgentContext::current().environment());
/// ```
#[derive(Debug, Clone)]
pub struct AgentContext {
    trace: Option<TraceContext>,
    headers: HeaderMap,
    namespace: Namespace,
}

impl AgentContext {
    /// The trace that is active here.
    #[must_use]
    pub fn current() -> Self {
        Self::of(&current())
    }

    /// The trace of a context: [`ActiveSpan::context`](telemetry_core::trace::ActiveSpan::context).
    #[must_use]
    pub fn of(context: &Context) -> Self {
        let mut headers = HeaderMap::new();
        let sent = sent();
        inject_with(&StrictPropagator::new(sent), context, &mut headers);
        let namespace = Meter::global().settings().map(|settings| settings.namespace).unwrap_or_default();
        Self { trace: TraceContext::from_context(context).filter(|_| sent.trace_context), headers, namespace }
    }

    /// Another prefix than the namespace of the process's meter.
    #[must_use]
    pub fn namespace(self, namespace: Namespace) -> Self {
        Self { namespace, ..self }
    }

    /// The headers for an agent's SDK.
    #[must_use]
    pub fn headers(&self) -> HeaderMap {
        let mut headers = self.headers.clone();
        let prefix = self.namespace.as_str().replace('_', "-");
        for (what, id) in self.ids() {
            let name = HeaderName::try_from(format!("x-{prefix}-{}", what.replace('_', "-")));
            if let (Ok(name), Ok(id)) = (name, HeaderValue::try_from(id)) {
                headers.insert(name, id);
            }
        }
        headers
    }

    /// The environment variables for an agent's process.
    #[must_use]
    pub fn environment(&self) -> Vec<(String, String)> {
        let headers = self.headers.iter().filter_map(|(name, value)| {
            let value = value.to_str().ok()?;
            Some((name.as_str().to_ascii_uppercase(), value.to_owned()))
        });
        let ids = self.ids().map(|(what, id)| (format!("{}_{what}", self.namespace).to_ascii_uppercase(), id));
        headers.chain(ids).collect()
    }

    /// The trace that the process was started in, told by its environment: in a child, the parent of what it does.
    ///
    /// ```
    /// use telemetry_http::AgentContext;
    ///
    /// let _attached = AgentContext::inherited().attach();
    /// let span = tracing::info_span!("agent.work"); // a child of the span that started the process
    /// ```
    #[must_use]
    pub fn inherited() -> Context {
        let named = ["TRACEPARENT", "TRACESTATE"].into_iter();
        let found = named.filter_map(|name| Some((name.to_owned(), std::env::var(name).ok()?)));
        extract_with(&StrictPropagator::new(TRACE_CONTEXT), &found.collect::<HashMap<_, _>>())
    }

    fn ids(&self) -> impl Iterator<Item = (&'static str, String)> {
        let ids = self
            .trace
            .as_ref()
            .map(|trace| [("trace_id", trace.trace_id().to_string()), ("span_id", trace.parent_id().to_string())]);
        ids.into_iter().flatten()
    }
}
