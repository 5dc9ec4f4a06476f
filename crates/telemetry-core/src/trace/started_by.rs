//! In a context: which span work was started by that goes on in a trace of its own.

use opentelemetry::Context;
use opentelemetry::trace::SpanContext;

/// The span that work was started by, for the first span of that work, which links to it.
#[derive(Debug, Clone)]
pub(crate) struct StartedBy(SpanContext);

impl StartedBy {
    /// The context with it.
    pub(crate) fn note(span: SpanContext, context: &Context) -> Context {
        context.with_value(Self(span))
    }

    /// The span that a context says.
    pub(crate) fn of(context: &Context) -> Option<&SpanContext> {
        context.get::<Self>().map(|started_by| &started_by.0)
    }
}
