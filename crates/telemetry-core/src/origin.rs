//! Where work comes from that goes on after its request: a trace of its own, whose first span links to the request's.

use std::fmt;

use opentelemetry::Context;
use opentelemetry::baggage::BaggageExt as _;
use opentelemetry::trace::{FutureExt as _, SpanContext, TraceContextExt as _};

use crate::propagation::{self, Carrier};
use crate::scope;
use crate::trace::{self, StartedBy, thread_is_alive};

/// Where work comes from that nobody waits for: a request that is answered before the work is done, the producer of a
/// message in a queue.
///
/// Such work is no part of the trace of its request, which would never end: it starts a trace of its own, and the first
/// guard of it links to the span that it comes from (docs/adr/031). Every guard that starts within it does so; one that
/// starts below another has a parent and no link. A `tracing` span around, in which a worker does one piece of work after
/// the other, is no parent of it; one that the work begins itself is, and the guards below it have the link, since it has
/// none. With it go the baggage, so that the work belongs to the same [conversation](crate::conversation), and, in the
/// same process, the [scope](crate::scope) that is told what it spends.
///
/// ```
/// use telemetry_core::{End, Operation, Origin, operation_span};
///
/// async fn restock() {
///     let mut operation = Operation::start(|| operation_span!("till.restock"));
///     operation.end(&End::success("success"));
/// }
///
/// # async fn example() {
/// // In the request, which is answered with 202:
/// let origin = Origin::current();
/// tokio::spawn(origin.instrument(restock())); // its span links to the request's
/// # }
/// ```
///
/// Through a queue it goes in the headers of the message:
///
/// ```
/// use std::collections::HashMap;
///
/// use telemetry_core::Origin;
///
/// # fn restock() {}
/// let mut headers = HashMap::new();
/// Origin::current().put_into(&mut headers);
/// // …and in the worker:
/// Origin::from_carrier(&headers).in_scope(restock);
/// ```
///
/// Work that its request waits for is no case for it: that runs within the request's guard, by `instrument`.
#[derive(Clone, Default)]
pub struct Origin {
    span: Option<SpanContext>,
    /// What goes with it.
    context: Context,
}

impl Origin {
    /// What runs here: its span, or, before it has one, where it comes from itself. Where there is neither, nothing is
    /// linked to.
    #[must_use]
    pub fn current() -> Self {
        if !thread_is_alive() {
            return Self::default();
        }
        Self::of(&propagation::current())
    }

    /// What a message carries: the W3C headers that [`put_into`](Self::put_into) wrote, or any producer's.
    #[must_use]
    pub fn from_carrier<C: Carrier + ?Sized>(carrier: &C) -> Self {
        Self::of(&propagation::extract(carrier))
    }

    fn of(context: &Context) -> Self {
        let mut own = Context::new();
        if !context.baggage().is_empty() {
            own = own.with_baggage(context.baggage().iter().map(propagation::copied));
        }
        if let Some(scope) = scope::of(context) {
            own = scope.within(&own);
        }
        Self { span: span_of(context), context: own }
    }

    /// The [`span`](Self::span) of the [`current`](Self::current) one, for whoever keeps that alone: nothing else is
    /// looked at.
    #[must_use]
    pub fn current_span() -> Option<SpanContext> {
        thread_is_alive().then(propagation::current).as_ref().and_then(span_of)
    }

    /// Writes it into the headers of a message, for [`from_carrier`](Self::from_carrier) in whichever process takes it.
    /// Where there is no span, they get no trace.
    pub fn put_into<C: Carrier + ?Sized>(&self, carrier: &mut C) {
        match &self.span {
            Some(span) => propagation::inject(&self.context.with_remote_span_context(span.clone()), carrier),
            None => propagation::inject(&self.context, carrier),
        }
    }

    /// The span that it is, if there is one.
    #[must_use]
    pub fn span(&self) -> Option<&SpanContext> {
        self.span.as_ref()
    }

    /// Runs a future as work that comes from there.
    pub fn instrument<F: Future>(&self, work: F) -> impl Future<Output = F::Output> + use<F> {
        work.with_context(self.begin())
    }

    /// Runs `work` as work that comes from there: starts a guard, above all.
    pub fn in_scope<T>(&self, work: impl FnOnce() -> T) -> T {
        let _attached = thread_is_alive().then(|| self.begin().attach());
        work()
    }

    /// The context of work that begins now. Where nobody makes spans, there is none around that could be taken for its own.
    fn begin(&self) -> Context {
        if self.span.is_none() && !trace::is_heard() {
            return self.context.clone();
        }
        StartedBy::begin(self.span.clone(), &self.context)
    }
}

/// The span of a context, or, before it has one, where its work comes from.
fn span_of(context: &Context) -> Option<SpanContext> {
    let span = context.span().span_context().clone();
    if span.is_valid() { Some(span) } else { StartedBy::of(context).cloned() }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Origin").field(&self.span()).finish()
    }
}
