//! The layer of a tracing subscriber that records calls which spans of other libraries tell of.

use std::fmt;

use tracing::span::{Attributes, Id, Record};
use tracing::{Dispatch, Event, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::{LookupSpan, SpanRef};

use super::description::Description;
use super::names::Work;
use super::observed::Observed;
use super::wanted::{Wanted, is_error, is_tool};
use crate::llm::Llm;
use crate::own_calls;
use crate::record::{Ended, OnEnd};

/// Records the calls of libraries that tell of them in spans with the conventions' attributes (`gen_ai.*`), as rig does:
/// the metrics of a guard, with the cost, from the moment the span is made to its close. The library's span is left as it
/// is, and no other is made.
///
/// A span counts whose `gen_ai.operation.name` is `chat`, `text_completion`, `generate_content` or `embeddings`, or
/// what libraries have for such (`chat_streaming`, `interactions`, …); an agent's and a tool's span is no call. One that
/// says no operation, or one that nobody knows, counts where it names a model and says what that used, or that it failed.
///
/// It is a success where it says what was used or answered, failed where it has `error.type`, an `otel.status_code` of
/// `ERROR`, or an error that `#[instrument(err)]` tells; with neither, it counts as cancelled.
///
/// A call is counted once. A span does not count within which a guard or the middleware of this crate starts a call, nor
/// one that is made within [`Call::instrument`](crate::Call::instrument) or [`Call::in_scope`](crate::Call::in_scope); of
/// spans within each other, the innermost counts that says what was used.
///
/// ```
/// use telemetry_core::Telemetry;
/// use telemetry_llm::GenAiLayer;
///
/// let telemetry = Telemetry::builder("gateway").with_layer(GenAiLayer::global().layer());
/// ```
#[derive(Clone)]
#[must_use = "a subscriber takes it with `layer`"]
pub struct GenAiLayer {
    llm: Option<Llm>,
    on_end: Option<OnEnd>,
}

impl GenAiLayer {
    /// Calls recorded by this.
    pub fn new(llm: &Llm) -> Self {
        Self { llm: Some(llm.clone()), on_end: None }
    }

    /// Calls recorded by [`Llm::global`], as that is when each ends: for a subscriber that is made before the telemetry is
    /// set up.
    pub fn global() -> Self {
        Self { llm: None, on_end: None }
    }

    /// Tells of each call that has ended, so that its record can be stored, which has no id of a trace. The callback is
    /// called while the span is closed, and should neither block nor make spans.
    ///
    /// ```
    /// # use telemetry_llm::{GenAiLayer, UsageQueue};
    /// # fn example(queue: UsageQueue) -> GenAiLayer {
    /// GenAiLayer::global().on_end(move |ended| {
    ///     if let Err(error) = queue.try_push(ended.record()) {
    ///         eprintln!("usage is not stored: {error}");
    ///     }
    /// })
    /// # }
    /// ```
    pub fn on_end(self, callback: impl Fn(&Ended) + Send + Sync + 'static) -> Self {
        Self { on_end: Some(OnEnd::new(callback)), ..self }
    }

    /// The layer, with a filter by which it sees such spans alone, whatever other layers see.
    #[must_use]
    pub fn layer<S>(self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        Observing(self).with_filter(Wanted)
    }
}

impl fmt::Debug for GenAiLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GenAiLayer").field("llm", &self.llm).field("on_end", &self.on_end).finish()
    }
}

struct Observing(GenAiLayer);

impl<S> Layer<S> for Observing
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_layer(&mut self, _: &mut S) {
        own_calls::cover_by::<S>(cover::<S>);
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id).filter(|span| !is_ours(span.metadata())) else { return };
        let is_within = own_calls::is_within() || span.scope().skip(1).any(|above| is_ours(above.metadata()));
        let mut said = Description::default();
        attributes.record(&mut said);
        if said.work == Work::Unknown && is_tool(span.metadata()) {
            said.work = Work::Tool;
        }
        let mut extensions = span.extensions_mut();
        if extensions.get_mut::<Observed>().is_none() {
            extensions.insert(Observed::start(said, is_within));
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id).filter(|span| !is_ours(span.metadata())) else { return };
        // What the values do when they are shown is not known, and may reach for this span: it is not locked meanwhile.
        let mut said = Description::default();
        values.record(&mut said);
        if let Some(observed) = span.extensions_mut().get_mut::<Observed>() {
            observed.said.update(said);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if is_error(event.metadata())
            && let Some(span) = context.event_span(event)
            && let Some(observed) = span.extensions_mut().get_mut::<Observed>()
        {
            observed.returned_error();
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else { return };
        let Some(observed) = span.extensions_mut().remove::<Observed>() else { return };
        if !observed.is_open_call() {
            return;
        }
        if observed.said.tokens.are_any() {
            cover_above(&span);
        } else if let Some(around) = above(&span).find(may_be_open_call) {
            if let Some(around) = around.extensions_mut().get_mut::<Observed>() {
                around.take_in(observed);
            }
            return;
        }
        let llm = self.0.llm.as_ref().unwrap_or_else(|| Llm::global());
        let ended = observed.record(span.metadata(), llm);
        if let (Some(ended), Some(on_end)) = (ended, &self.0.on_end) {
            on_end.lease().tell(&ended);
        }
    }
}

/// Whether a span is that of one of our own calls.
fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata
        .target()
        .strip_prefix(env!("CARGO_CRATE_NAME"))
        .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// Covers the span that one of our calls starts in, and those around it.
fn cover<S>(dispatch: &Dispatch, id: &Id)
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    if let Some(span) = dispatch.downcast_ref::<S>().and_then(|subscriber| subscriber.span(id))
        && !is_of_tool(&span)
    {
        cover_one(&span);
        cover_above(&span);
    }
}

fn cover_above<'a, R: LookupSpan<'a>>(span: &SpanRef<'a, R>) {
    above(span).for_each(|span| cover_one(&span));
}

fn cover_one<'a, R: LookupSpan<'a>>(span: &SpanRef<'a, R>) {
    if let Some(observed) = span.extensions_mut().get_mut::<Observed>() {
        observed.is_covered = true;
    }
}

/// The spans around one, up to a tool: what a tool calls is no part of the call that asked for the tool.
fn above<'a, R: LookupSpan<'a>>(span: &SpanRef<'a, R>) -> impl Iterator<Item = SpanRef<'a, R>> {
    span.scope().skip(1).take_while(|above| !is_of_tool(above))
}

fn is_of_tool<'a, R: LookupSpan<'a>>(span: &SpanRef<'a, R>) -> bool {
    span.extensions().get::<Observed>().is_some_and(|observed| observed.said.work == Work::Tool)
}

fn may_be_open_call<'a, R: LookupSpan<'a>>(span: &SpanRef<'a, R>) -> bool {
    span.extensions().get::<Observed>().is_some_and(Observed::may_be_open_call)
}
