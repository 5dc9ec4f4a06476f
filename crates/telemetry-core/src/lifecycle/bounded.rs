//! What a `tracing` span is told before it has begun for OpenTelemetry, bounded.

use std::sync::OnceLock;

use tracing::dispatcher::WeakDispatch;
use tracing::span::{Id, Record};
use tracing::{Dispatch, Event, Subscriber, dispatcher};
use tracing_opentelemetry::get_otel_context;
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::{LookupSpan, SpanRef};

/// As many events, links and records as a span that was never entered may hold. The SDK's own limits of events, links and
/// attributes are as high unless they are set.
const MOST: u32 = 128;

/// The prefix of this workspace's own targets, whose guards record each of their fields a known number of times.
const OURS: &str = "telemetry_";

/// Begins a span for OpenTelemetry once it has been told much.
///
/// The layer that makes spans collects what they are told until they are entered, without a limit: only the span that
/// follows knows the limits. One that is never entered, and told things by its name (`parent: &span`), would grow for as
/// long as it lives. So this begins it, and what comes then is dropped where it is recorded, and counted on the span.
#[derive(Debug, Default)]
pub(super) struct Bounded {
    dispatch: OnceLock<WeakDispatch>,
}

/// How much a span was told before it was entered.
struct Told(u32);

impl Bounded {
    fn told<S>(&self, span: &SpanRef<'_, S>)
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let told = {
            let mut extensions = span.extensions_mut();
            match extensions.get_mut::<Told>() {
                Some(Told(told)) => {
                    *told = told.saturating_add(1);
                    *told
                }
                None => {
                    extensions.insert(Told(1));
                    1
                }
            }
        };
        if told >= MOST {
            self.begin(&span.id());
        }
    }

    /// Begins a span by asking for its context. Where nobody has said which subscriber this belongs to, it is the default
    /// one, if `tracing` lets us ask for it here; otherwise the next event tries again.
    fn begin(&self, span: &Id) {
        // The context of a span that another subscriber made is none, and asking for it panics.
        let begin = |dispatch: &Dispatch| {
            let is_ours = dispatch.downcast_ref::<Self>().is_some_and(|found| std::ptr::eq(found, self));
            is_ours.then(|| get_otel_context(span, dispatch))
        };
        let _begun = match self.dispatch.get().and_then(WeakDispatch::upgrade) {
            Some(dispatch) => begin(&dispatch),
            None => dispatcher::get_default(begin),
        };
    }

    /// Says which subscriber this belongs to. `tracing-subscriber` tells layers so itself, unless they are in an `Option`
    /// or a `Vec`.
    pub(super) fn belong_to_default() {
        dispatcher::get_default(|dispatch| {
            if let Some(bounded) = dispatch.downcast_ref::<Self>() {
                bounded.belong_to(dispatch);
            }
        });
    }

    fn belong_to(&self, dispatch: &Dispatch) {
        // A layer belongs to one subscriber.
        let _already_known = self.dispatch.set(dispatch.downgrade());
    }
}

impl<S> Layer<S> for Bounded
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_register_dispatch(&self, dispatch: &Dispatch) {
        self.belong_to(dispatch);
    }

    fn on_record(&self, span: &Id, _: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = not_entered(span, &context).filter(|span| !span.metadata().target().starts_with(OURS)) {
            self.told(&span);
        }
    }

    fn on_follows_from(&self, span: &Id, _: &Id, context: Context<'_, S>) {
        if let Some(span) = not_entered(span, &context) {
            self.told(&span);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        // Without a parent of its own, an event belongs to the span that is entered.
        if let Some(span) = event.parent().and_then(|parent| not_entered(parent, &context)) {
            self.told(&span);
        }
    }
}

/// The span, unless it is the current one, which has begun.
fn not_entered<'a, S>(span: &Id, context: &'a Context<'_, S>) -> Option<SpanRef<'a, S>>
where
    S: Subscriber + for<'b> LookupSpan<'b>,
{
    if context.current_span().id() == Some(span) {
        return None;
    }
    context.span(span)
}
