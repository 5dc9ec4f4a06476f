//! The span of a guard, or what stands for it where the trace is not sampled.

use std::fmt;

use opentelemetry::Context;
use opentelemetry::trace::{FutureExt, SpanContext, TraceContextExt, TraceFlags, TraceState};
use opentelemetry_sdk::trace::{IdGenerator, RandomIdGenerator};
use tracing::field::{Field, Visit};
use tracing::{Instrument, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::sampling::{Kept, in_force};

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
    /// The context of a trace that is not sampled.
    unsampled: Option<Context>,
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
    /// use telemetry_core::trace::{ActiveSpan, LOGS_ONLY};
    ///
    /// let request_id = "7f3a";
    /// let span = ActiveSpan::start_logged(
    ///     || tracing::info_span!("request", request_id, otel.kind = "server"),
    ///     || tracing::info_span!(target: LOGS_ONLY, "request", request_id),
    /// );
    /// ```
    #[inline]
    pub fn start_logged(build: impl FnOnce() -> Span, unsampled_logs: impl FnOnce() -> Span) -> Self {
        let Some(sampling) = in_force() else {
            return Self { span: build(), unsampled: None };
        };
        let (parent, suppressed) = Context::map_current(|current| {
            let parent = current.has_active_span().then(|| current.span().span_context().clone());
            (parent.filter(SpanContext::is_valid), current.is_telemetry_suppressed())
        });
        let ids = RandomIdGenerator::default();
        let trace_id = parent.as_ref().map_or_else(|| ids.new_trace_id(), SpanContext::trace_id);
        if !suppressed && sampling.keeps(parent.as_ref(), trace_id) {
            let _kept = sampling.is_drawn(parent.as_ref()).then(|| Context::current_with_value(Kept).attach());
            return Self { span: build(), unsampled: None };
        }
        let unsampled = if parent.as_ref().is_some_and(|parent| !parent.is_sampled()) {
            Context::current()
        } else {
            let state = parent.map_or_else(TraceState::default, |parent| parent.trace_state().clone());
            let span_context = SpanContext::new(trace_id, ids.new_span_id(), TraceFlags::NOT_SAMPLED, false, state);
            Context::current().with_remote_span_context(span_context)
        };
        // Within its context, so that a subscriber that bridges it all the same sees that it is not sampled.
        let attached = unsampled.clone().attach();
        let span = unsampled_logs();
        drop(attached);
        Self { span, unsampled: Some(unsampled) }
    }

    /// The span; where the trace is not sampled, that of its log lines, or a disabled one.
    #[must_use]
    pub fn span(&self) -> &Span {
        &self.span
    }

    /// Whether there is a span to record on.
    #[must_use]
    pub fn is_sampled(&self) -> bool {
        self.unsampled.is_none()
    }

    /// The OpenTelemetry context, for outgoing calls.
    #[must_use]
    pub fn context(&self) -> Context {
        match &self.unsampled {
            Some(context) => context.clone(),
            None => {
                let context = self.span.context();
                // Without a bridge in the subscriber the span has no context of its own.
                if context.has_active_span() { context } else { Context::current() }
            }
        }
    }

    /// Records a field that the span was declared with.
    pub fn record(&self, field: &str, value: impl tracing::Value) -> &Self {
        if self.is_sampled()
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

    /// Runs `f` within the span.
    pub fn in_scope<T>(&self, f: impl FnOnce() -> T) -> T {
        match &self.unsampled {
            Some(context) => {
                // The span first: a bridge that makes its context the active one must not take the place of ours.
                let _entered = self.span.enter();
                let _attached = context.clone().attach();
                f()
            }
            None => self.span.in_scope(f),
        }
    }

    /// Runs a future within the span.
    pub fn instrument<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        let (span, unsampled) = (self.span.clone(), self.unsampled.clone());
        async move {
            match unsampled {
                Some(context) => future.with_context(context).instrument(span).await,
                None => future.instrument(span).await,
            }
        }
    }
}

/// A whole number without a sign. The bridge would make text of it, with which no query compares.
struct Unsigned(Option<u64>);

impl Visit for Unsigned {
    fn record_u64(&mut self, _: &Field, value: u64) {
        self.0 = Some(value);
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}

impl fmt::Debug for ActiveSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActiveSpan").field("span", &self.span).field("sampled", &self.is_sampled()).finish()
    }
}
