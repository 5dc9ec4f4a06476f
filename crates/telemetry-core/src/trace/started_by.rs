//! In a context: where work begins that goes on in a trace of its own, and which span it was started by.

use std::sync::atomic::{AtomicU64, Ordering};

use opentelemetry::Context;
use opentelemetry::trace::SpanContext;

/// Where work begins: each time that it does has a number, by which the spans of that work are told from those around.
#[derive(Debug, Clone)]
pub(crate) struct StartedBy {
    beginning: u64,
    /// The span that it was started by, for the first of its own guards, which links to it.
    span: Option<SpanContext>,
    /// Whether one does.
    is_linked: bool,
}

impl StartedBy {
    /// The context of work that begins here.
    pub(crate) fn begin(span: Option<SpanContext>, context: &Context) -> Context {
        static BEGINNINGS: AtomicU64 = AtomicU64::new(0);
        context.with_value(Self { beginning: BEGINNINGS.fetch_add(1, Ordering::Relaxed), span, is_linked: false })
    }

    /// The span that a context says.
    pub(crate) fn of(context: &Context) -> Option<&SpanContext> {
        context.get::<Self>()?.span.as_ref()
    }

    /// The span that a context says, and the context for the one that links to it, where none does.
    pub(crate) fn link(context: &Context) -> Option<(SpanContext, Context)> {
        let work = context.get::<Self>().filter(|work| !work.is_linked)?;
        let linked = Self { is_linked: true, ..work.clone() };
        Some((work.span.clone()?, context.with_value(linked)))
    }

    /// Whether this span, or one above it, links to that one as what its work was started by.
    pub(crate) fn is_linked(context: &Context, to: &SpanContext) -> bool {
        let work = context.get::<Self>().filter(|work| work.is_linked);
        work.and_then(|work| work.span.as_ref()).is_some_and(|span| span.span_id() == to.span_id())
    }

    /// Whether work has begun in the context that is active, and not in that of a span that is entered: the span is none of
    /// that work's.
    pub(crate) fn is_within(active: &Context, entered: &Context) -> bool {
        let beginning = |context: &Context| context.get::<Self>().map(|work| work.beginning);
        beginning(active).is_some_and(|own| beginning(entered) != Some(own))
    }
}
