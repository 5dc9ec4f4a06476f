//! The span of a guard, or what stands for it where the trace is not sampled.

use std::fmt;

use opentelemetry::trace::{FutureExt, SpanContext, TraceContextExt, TraceId, TraceState};
use opentelemetry::{Array, Context, StringValue, Value};
use opentelemetry_sdk::trace::{IdGenerator, RandomIdGenerator};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Instrument, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::course::{Course, in_force, is_bridged};
use super::sampling::{Kept, Sampling};
use super::started_by::StartedBy;
use super::thread_end::thread_is_alive;
use crate::contained::contained;
use crate::propagation::{RANDOM, TraceContext};

/// The span of a guard, or, where the trace is not sampled, the context that says so.
///
/// ```
/// use telemetry_core::trace::ActiveSpan;
///
/// # async fn run() {}
/// # async fn example() {
/// let span = ActiveSpan::start(|| tracing::info_span!("runtime.execute_tool", tool_id = "git-diff"));
/// span.instrument(run()).await; // what run() starts and sends belongs to the same trace, sampled or not
/// # }
/// ```
pub struct ActiveSpan {
    /// Where the trace is not sampled, the span of its log lines, if there is one.
    span: Span,
    flow: Flow,
}

/// What flows on from a guard.
#[derive(Clone)]
enum Flow {
    /// The context of its span.
    Span,
    /// This context, unless a layer of the application's gives its span another.
    Within(Context),
    /// The context of a trace that is not sampled.
    Unsampled(Context),
}

impl ActiveSpan {
    /// Decides whether the trace is sampled, as the caller or the sampler says, and builds the span only if it is.
    #[inline]
    pub fn start(build: impl FnOnce() -> Span) -> Self {
        Self::start_logged(build, Span::none)
    }

    /// [`start`](Self::start), with a `tracing` span for the log lines of a trace that is not sampled: what they share,
    /// such as the id of a request, they would lack else.
    ///
    /// Its target is [`LOGS_ONLY`](super::LOGS_ONLY), so that no span is made of it.
    ///
    /// ```
    /// use telemetry_core::guard_span;
    /// use telemetry_core::trace::{ActiveSpan, LOGS_ONLY};
    ///
    /// let request_id = "7f3a";
    /// let span = ActiveSpan::start_logged(
    ///     || guard_span!("request", request_id, otel.kind = "server"),
    ///     || tracing::info_span!(target: LOGS_ONLY, "request", request_id),
    /// );
    /// ```
    #[inline]
    pub fn start_logged(build: impl FnOnce() -> Span, unsampled_logs: impl FnOnce() -> Span) -> Self {
        if !thread_is_alive() {
            return Self { span: Span::none(), flow: Flow::Unsampled(Context::new()) };
        }
        match in_force() {
            None => {
                let is_wanted = LevelFilter::current() != LevelFilter::OFF;
                Self { span: if is_wanted { linked(build) } else { build() }, flow: Flow::Span }
            }
            Some(Course::Spans(sampling)) => Self::sampled(sampling, build, unsampled_logs),
            Some(Course::Through { starts }) => {
                let (parent, _) = active();
                let flow = if parent.is_some() || !starts { Context::current() } else { unsampled(None) };
                Self { span: build(), flow: Flow::Within(flow) }
            }
        }
    }

    fn sampled(sampling: Sampling, build: impl FnOnce() -> Span, unsampled_logs: impl FnOnce() -> Span) -> Self {
        let (parent, is_suppressed) = active();
        let trace_id =
            parent.as_ref().map_or_else(|| RandomIdGenerator::default().new_trace_id(), SpanContext::trace_id);
        let is_kept = !is_suppressed && sampling.keeps(parent.as_ref(), trace_id);
        // A span of ours does not tell what its remote parent said of the trace's id.
        let is_below = parent.as_ref().is_some_and(|parent| parent.is_remote() && (is_kept || parent.is_sampled()));
        let _noted = is_below.then(|| Context::map_current(TraceContext::noted)).flatten().map(Context::attach);
        if is_kept {
            let _kept = sampling.is_drawn(parent.as_ref()).then(|| Context::current_with_value(Kept).attach());
            let span = linked(build);
            if !span.is_disabled() && (is_bridged() || span.context().has_active_span()) {
                return Self { span, flow: Flow::Span };
            }
            // Nobody makes an OpenTelemetry span of it, so that the caller's stays the parent of what follows.
            let flow = if parent.is_some() { Context::current() } else { unsampled(Some(trace_id)) };
            return Self { span, flow: Flow::Within(flow) };
        }
        let context = match &parent {
            Some(parent) if !parent.is_sampled() => Context::current(),
            _ => unsampled_below(parent, trace_id),
        };
        // Within its context, so that a subscriber that bridges it all the same sees that it is not sampled.
        let attached = context.clone().attach();
        let span = unsampled_logs();
        drop(attached);
        Self { span, flow: Flow::Unsampled(context) }
    }

    /// The span; where the trace is not sampled, that of its log lines, or a disabled one.
    #[must_use]
    pub fn span(&self) -> &Span {
        &self.span
    }

    /// Whether there is a span to record on.
    #[must_use]
    pub fn is_sampled(&self) -> bool {
        !matches!(self.flow, Flow::Unsampled(_))
    }

    /// Whether what is recorded on it goes anywhere: it is sampled, and somebody listens.
    #[inline]
    #[must_use]
    pub fn is_recording(&self) -> bool {
        self.is_sampled() && !self.span.is_disabled()
    }

    /// The OpenTelemetry context, for outgoing calls.
    #[must_use]
    pub fn context(&self) -> Context {
        let of_span = || Some(self.span.context()).filter(Context::has_active_span);
        match &self.flow {
            // Without a bridge in the subscriber the span has no context of its own.
            Flow::Span => of_span().unwrap_or_else(Context::current),
            Flow::Within(context) => of_span().unwrap_or_else(|| context.clone()),
            Flow::Unsampled(context) => context.clone(),
        }
    }

    /// Records a field that the span was declared with.
    pub fn record(&self, field: &str, value: impl tracing::Value) -> &Self {
        if self.is_recording()
            && let Some(field) = self.span.field(field)
        {
            let mut unsigned = Unsigned(None);
            value.record(&field, &mut unsigned);
            match unsigned.0 {
                Some(number) => self.span.record(&field, i64::try_from(number).unwrap_or(i64::MAX)),
                None => self.span.record(&field, value),
            };
        }
        self
    }

    /// Records a list of texts, which no field of `tracing` can hold: an attribute of the OpenTelemetry span, which layers
    /// of `tracing` do not see.
    pub fn record_list(&self, name: &'static str, texts: impl IntoIterator<Item = String>) -> &Self {
        if self.is_recording() {
            let texts = texts.into_iter().map(StringValue::from).collect();
            self.span.set_attribute(name, Value::Array(Array::String(texts)));
        }
        self
    }

    /// Links it to a span that caused it and is no parent of it: whoever put a message into the queue that it is about. One
    /// of its own trace is in sight there anyway, and gets no link.
    ///
    /// The first guard of work that runs within an [`Origin`](crate::Origin) has its link already.
    ///
    /// ```
    /// use telemetry_core::trace::ActiveSpan;
    /// use telemetry_core::{Origin, guard_span};
    ///
    /// # fn next() -> std::collections::HashMap<String, String> { Default::default() }
    /// # fn work() {}
    /// // A worker's span is part of the worker's trace, and is caused by whoever sent the message.
    /// let span = ActiveSpan::start(|| guard_span!("take"));
    /// if let Some(sender) = Origin::from_carrier(&next()).span() {
    ///     span.link(sender);
    /// }
    /// span.in_scope(work);
    /// ```
    pub fn link(&self, cause: &SpanContext) -> &Self {
        if self.is_recording() {
            let context = self.context();
            let is_own = context.span().span_context().trace_id() == cause.trace_id();
            if !is_own && !StartedBy::is_linked(&context, cause) {
                self.span.add_link(cause.clone());
            }
        }
        self
    }

    /// Runs `f` within the span.
    pub fn in_scope<T>(&self, f: impl FnOnce() -> T) -> T {
        if !thread_is_alive() {
            return f();
        }
        // The thread may be about to end all the same, if what is entered came late to it.
        let enter = || contained(|| self.span.enter()).ok();
        let attach = |context: &Context| contained(|| context.clone().attach()).ok();
        match &self.flow {
            Flow::Span => {
                let _entered = enter();
                f()
            }
            Flow::Within(context) => {
                let _attached = attach(context);
                let _entered = enter();
                f()
            }
            Flow::Unsampled(context) => {
                // The span first: a bridge that makes its context the active one must not take the place of ours.
                let _entered = enter();
                let _attached = attach(context);
                f()
            }
        }
    }

    /// Runs a future within the span.
    pub fn instrument<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        let (span, flow) = (self.span.clone(), self.flow.clone());
        async move {
            match flow {
                Flow::Span => future.instrument(span).await,
                Flow::Within(context) => future.instrument(span).with_context(context).await,
                Flow::Unsampled(context) => future.with_context(context).instrument(span).await,
            }
        }
    }
}

/// The span that is active here, as the parent of what starts, and whether telemetry is suppressed.
fn active() -> (Option<SpanContext>, bool) {
    let (parent, is_suppressed) = Context::map_current(|current| {
        let parent = current.has_active_span().then(|| current.span().span_context().clone());
        (parent, current.is_telemetry_suppressed())
    });
    (parent.filter(SpanContext::is_valid), is_suppressed)
}

/// The span, with a link to the one that its work was started by in another trace, unless one above has that.
fn linked(build: impl FnOnce() -> Span) -> Span {
    let Some((cause, context)) = Context::map_current(StartedBy::link) else { return build() };
    let attached = context.attach();
    let span = build();
    drop(attached);
    span.add_link(cause);
    span
}

/// A context under which nothing is sampled, of a trace that starts here.
fn unsampled(trace_id: Option<TraceId>) -> Context {
    let trace_id = trace_id.unwrap_or_else(|| RandomIdGenerator::default().new_trace_id());
    unsampled_below(None, trace_id)
}

fn unsampled_below(parent: Option<SpanContext>, trace_id: TraceId) -> Context {
    let span_id = RandomIdGenerator::default().new_span_id();
    // All bits of our ids are random, which level 2 of the trace context has a flag for.
    let (flags, state) = match parent {
        Some(parent) => (parent.trace_flags().with_sampled(false), parent.trace_state().clone()),
        None => (RANDOM, TraceState::default()),
    };
    Context::current().with_remote_span_context(SpanContext::new(trace_id, span_id, flags, false, state))
}

/// A whole number without a sign. The bridge would make text of it, with which no query compares.
struct Unsigned(Option<u64>);

impl Visit for Unsigned {
    fn record_u64(&mut self, _: &Field, value: u64) {
        self.0 = Some(value);
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}

/// In a thread whose variables are being destroyed, what the span still does is no reason to abort.
impl Drop for ActiveSpan {
    fn drop(&mut self) {
        if !self.span.is_disabled() {
            let span = std::mem::replace(&mut self.span, Span::none());
            let _said_by_the_panic_hook = contained(|| drop(span));
        }
    }
}

impl fmt::Debug for ActiveSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActiveSpan").field("span", &self.span).field("sampled", &self.is_sampled()).finish()
    }
}
