//! The layer of `tracing` that makes lines of events.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use opentelemetry::trace::TraceContextExt as _;
use opentelemetry::{Context as OtelContext, SpanId, TraceId};
use telemetry_core::mask::Masker;
use telemetry_core::trace::SPANS_ONLY;
use telemetry_core::{Component, Errors, LogLevels};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, Filter};
use tracing_subscriber::registry::{LookupSpan, SpanRef};

use crate::context::{Carried, Spanned, active_span};
use crate::level::LogLevel;
use crate::line::{Head, assemble};
use crate::sampling::LineSampling;
use crate::scratch::Scratch;
use crate::sink::Sinks;
use crate::timestamp::Clock;

/// The fields that say the code of an error.
const CODES: [&str; 3] = ["error_code", "errorCode", "error.code"];

/// What all lines of a log have in common.
pub(crate) struct Shared {
    /// As it stands between quotes.
    pub(crate) service: String,
    /// Of lines that say none.
    pub(crate) component: Component,
    pub(crate) masker: Masker,
    pub(crate) sampling: LineSampling,
    pub(crate) errors: Errors,
    pub(crate) clock: Clock,
    pub(crate) sinks: Sinks,
}

/// Makes a line of each event.
pub(crate) struct LogLayer(pub(crate) Arc<Shared>);

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
    /// Whether what lines need of the thread was made before its buffers.
    static BEGUN: Cell<bool> = const { Cell::new(false) };
}

/// Whether the destructors of this thread's variables do not run yet: when they do, asking for a context panics, and a panic
/// in there aborts the process. What is made first, which `touch` sees to, is taken away last.
#[inline]
fn thread_is_alive(touch: impl FnOnce()) -> bool {
    if !BEGUN.replace(true) {
        touch();
    }
    SCRATCH.try_with(|_| ()).is_ok()
}

/// Asks for what lines need of the thread.
fn touch<S: Subscriber + for<'a> LookupSpan<'a>>(context: &Context<'_, S>) {
    OtelContext::map_current(|_| ());
    drop(context.lookup_current());
}

impl LogLayer {
    fn write(&self, event: &Event<'_>, carried: Option<&Carried>, ids: (TraceId, SpanId, SpanId), is_kept: bool) {
        let make = |scratch: &mut Scratch| self.make(event, carried, ids, is_kept, scratch);
        let made = SCRATCH.try_with(|scratch| match scratch.try_borrow_mut() {
            Ok(mut scratch) => make(&mut scratch),
            // The value of a field logs while it is written.
            Err(_) => make(&mut Scratch::default()),
        });
        if made.is_err() {
            // The thread is about to end, and has no buffers any more.
            make(&mut Scratch::default());
        }
    }

    fn make(
        &self,
        event: &Event<'_>,
        carried: Option<&Carried>,
        (trace, span, parent): (TraceId, SpanId, SpanId),
        is_kept: bool,
        scratch: &mut Scratch,
    ) {
        let shared = &*self.0;
        scratch.clear();
        event.record(&mut scratch.fields(&shared.masker));
        let component = scratch.component.or(carried.and_then(|carried| carried.component)).unwrap_or(shared.component);
        if !scratch.code.is_empty() {
            shared.errors.record(&scratch.code, component);
        }
        if !is_kept {
            return;
        }
        let level = LogLevel::of(event.metadata().level());
        let (time, service) = ((shared.clock)(), shared.service.as_str());
        assemble(scratch, &Head { time, level, service, component, trace, span, parent, carried });
        shared.sinks.push(level, scratch.line.as_bytes());
        scratch.shrink();
    }
}

impl<S> Layer<S> for LogLayer
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let around = span.parent().and_then(|parent| carried(&parent));
        let carried = Carried::with(around.as_ref(), &self.0.masker, |said| attributes.record(said));
        // A parent that is named need not be the span that is active.
        let is_known = attributes.is_contextual() && thread_is_alive(|| touch(&context));
        let outer = if is_known { active_span() } else { SpanId::INVALID };
        span.extensions_mut().replace(Spanned { carried, outer });
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let Some(before) = span.extensions().get::<Spanned>().map(|spanned| spanned.carried.clone()) else { return };
        // What a value says may be logged in turn, within this very span: nothing of it is held meanwhile.
        let carried = Carried::with(before.as_ref(), &self.0.masker, |said| values.record(said));
        if let Some(spanned) = span.extensions_mut().get_mut::<Spanned>() {
            spanned.carried = carried;
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let is_alive = thread_is_alive(|| touch(&context));
        let (trace, span) = if is_alive { active() } else { (TraceId::INVALID, SpanId::INVALID) };
        let is_written = !self.0.sinks.is_empty();
        let is_kept = is_written && self.0.sampling.keeps(LogLevel::of(event.metadata().level()), trace);
        // A line that is not written still counts its error.
        if !is_kept && !CODES.iter().any(|code| event.metadata().fields().field(code).is_some()) {
            return;
        }
        let around = if is_alive { context.event_span(event) } else { None };
        let carried = around.as_ref().and_then(carried);
        let parent =
            if span == SpanId::INVALID { span } else { around.map_or(SpanId::INVALID, |around| outer(around, span)) };
        self.write(event, carried.as_deref(), (trace, span, parent), is_kept);
    }
}

/// The trace and the span that are active.
fn active() -> (TraceId, SpanId) {
    OtelContext::map_current(|current| {
        if !current.has_active_span() {
            return (TraceId::INVALID, SpanId::INVALID);
        }
        let span = current.span();
        let active = span.span_context();
        (active.trace_id(), active.span_id())
    })
}

/// What the lines within a span have of it.
fn carried<'a, S: LookupSpan<'a>>(span: &SpanRef<'a, S>) -> Option<Arc<Carried>> {
    // A span that this layer has not seen stands within others that it has.
    span.scope().find_map(|span| span.extensions().get::<Spanned>().map(|spanned| spanned.carried.clone())).flatten()
}

/// The parent of the active span of the trace: what was active when the innermost span was made of which it is.
fn outer<'a, S: LookupSpan<'a>>(within: SpanRef<'a, S>, active: SpanId) -> SpanId {
    let outer = within.scope().filter_map(|span| span.extensions().get::<Spanned>().map(|spanned| spanned.outer));
    // Spans for lines alone are none of the trace's, and were made in the active one.
    outer.into_iter().find(|outer| *outer != active).unwrap_or(SpanId::INVALID)
}

/// Which events a layer of its own takes: those of the levels. Spans are taken whatever the level is, for what they say of
/// the lines within them.
#[derive(Clone)]
pub(crate) struct Taken(pub(crate) LogLevels);

impl Taken {
    fn is_wanted(metadata: &Metadata<'_>) -> Option<bool> {
        if metadata.is_span() {
            return Some(*metadata.level() <= tracing::Level::INFO);
        }
        (metadata.target() == SPANS_ONLY).then_some(false)
    }
}

impl<S> Filter<S> for Taken {
    fn enabled(&self, metadata: &Metadata<'_>, context: &Context<'_, S>) -> bool {
        Self::is_wanted(metadata).unwrap_or_else(|| self.0.enabled(metadata, context))
    }

    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        match Self::is_wanted(metadata) {
            Some(true) => Interest::always(),
            Some(false) => Interest::never(),
            None => Filter::<S>::callsite_enabled(&self.0, metadata),
        }
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Filter::<S>::max_level_hint(&self.0).map(|hint| hint.max(LevelFilter::INFO))
    }
}
