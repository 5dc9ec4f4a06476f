//! The guard of one open stream: its events, its span, and the one reason for its end.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use telemetry_core::text::{NAME, cut};
use telemetry_core::trace::{ActiveSpan, LOGS_ONLY};
use telemetry_core::{
    Dropped, End, EntityId, Label as _, Lease, Operation, clock, error_message, guard_span, operation_span,
};
use tokio_util::sync::CancellationToken;
use tracing::field::Empty;
use tracing::{Span, error, info};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::event::{EventInfo, Published};
use crate::inner::Inner;
use crate::metrics::{CloseReason, EventMetrics, StreamKind, StreamMetrics, Transport};

/// One open stream: a guard that records what is sent on it and why it ends.
///
/// [`observe`](Self::observe) wraps the stream of events itself, and, with the feature `axum`, `sse` makes a response of
/// it and `websocket` takes a socket: they find out by themselves why a stream ended. Or call
/// [`event`](Self::event) for each event that was sent, and [`close`](Self::close) at the end.
///
/// A guard that is dropped before that ends the stream as left by its client, because that is what drops the body of a
/// response; but as `server_shutdown` when the server is shutting down, and as `internal_error` in a panic. A body that
/// nobody ever asked for anything is that of a `HEAD` request, and complete. It is owned, and goes into a spawned task.
#[must_use = "dropped at once, the stream counts as left by its client"]
pub struct StreamGuard {
    inner: Lease<Inner>,
    metrics: EntityId<StreamMetrics>,
    about: About,
    operation: Operation,
    idle_timeout: Option<Duration>,
    /// Its own, if not that of all streams.
    shutdown: Option<CancellationToken>,
    /// Events that were handed on.
    begun: i64,
    /// Events that have left.
    events: i64,
    ended: Option<CloseReason>,
    /// What it means that the guard is dropped, if the server neither panics nor shuts down.
    if_dropped: Ending,
}

/// An error of the application's.
pub(crate) type BoxError = Box<dyn Error + Send + Sync>;

/// Why a stream ends, and the error that it ends for.
#[derive(Debug, Clone)]
pub(crate) struct Ending {
    pub(crate) reason: CloseReason,
    /// Fit to be read.
    pub(crate) cause: Option<Box<str>>,
}

impl Ending {
    pub(crate) const fn of(reason: CloseReason) -> Self {
        Self { reason, cause: None }
    }

    pub(crate) fn failed(reason: CloseReason, error: &BoxError) -> Self {
        Self { reason, cause: Some(error_message(&**error).into()) }
    }

    pub(crate) fn told(reason: CloseReason, cause: &str) -> Self {
        Self::failed(reason, &cause.into())
    }
}

/// An event on its way: what is recorded of it once it was sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sending {
    event_type: EntityId<EventMetrics>,
    published: Option<Published>,
}

/// Whoever drops the body of a response is the client that left.
const LEFT: Ending = Ending::of(CloseReason::ClientDisconnect);

/// What logs and span tell of a stream.
pub(crate) struct About {
    pub(crate) kind: StreamKind,
    pub(crate) transport: Transport,
    pub(crate) execution_id: Box<str>,
    pub(crate) id: Option<Box<str>>,
}

impl About {
    /// The id, where it is one of that kind.
    fn id_of(&self, kind: StreamKind) -> Option<&str> {
        self.id.as_deref().filter(|_| self.kind == kind)
    }
}

/// The fields that name the stream, for its span and its log records, before what more these say.
macro_rules! naming {
    ($about:expr, $macro:ident!($($before:tt)*), $($more:tt)*) => {
        $macro!(
            $($before)*
            kind = $about.kind.as_str(),
            transport = $about.transport.as_str(),
            execution_id = &*$about.execution_id,
            workflow_id = $about.id_of(StreamKind::Workflow),
            agent_id = $about.id_of(StreamKind::Agent),
            task_id = $about.id_of(StreamKind::Task),
            session_id = $about.id_of(StreamKind::Session),
            $($more)*
        )
    };
}

impl StreamGuard {
    pub(crate) fn open(
        inner: Lease<Inner>,
        about: About,
        idle_timeout: Option<Duration>,
        shutdown: Option<CancellationToken>,
    ) -> Self {
        let operation = Operation::start_logged(
            || naming!(about, operation_span!("stream.connection",), events = Empty, close_reason = Empty),
            || {
                let (kind, execution_id) = (about.kind.as_str(), &*about.execution_id);
                tracing::info_span!(target: LOGS_ONLY, "stream.connection", kind, execution_id)
            },
        );
        // Found once, so that what is added here is taken away there, even when the meter is installed in between.
        let id = inner.metrics.find(());
        let metrics = inner.metrics.at(id);
        metrics.active.at(about.kind).add(1);
        metrics.connections.at(about.transport).add(1);
        operation.in_scope(|| naming!(about, info!(), "stream connected"));
        Self {
            inner,
            metrics: id,
            about,
            operation,
            idle_timeout,
            shutdown,
            begun: 0,
            events: 0,
            ended: None,
            if_dropped: LEFT,
        }
    }

    /// The connection's span; a disabled one once the stream has ended.
    #[must_use]
    pub fn span(&self) -> &ActiveSpan {
        self.operation.span()
    }

    /// Runs a future within the connection's span.
    pub fn instrument<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        self.operation.instrument(future)
    }

    /// Runs `work` within the connection's span.
    pub fn in_scope<T>(&self, work: impl FnOnce() -> T) -> T {
        self.operation.in_scope(work)
    }

    /// Runs a piece of what makes the stream within the connection's span: a panic of it is the stream's own, although
    /// the guard may be dropped only when the panic has been caught.
    pub(crate) fn run<T>(&mut self, source: impl FnOnce() -> T) -> T {
        self.operation.run(source)
    }

    /// How many events were sent.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.events.unsigned_abs()
    }

    /// Records an event that was sent: its type, or all that is known of it.
    pub fn event<'a>(&mut self, event: impl Into<EventInfo<'a>>) {
        let event = event.into();
        let span = self.start_event(&event);
        self.sent(&event);
        drop(span);
    }

    /// Ends the stream: all is told.
    pub fn complete(self) {
        self.close(CloseReason::Completed);
    }

    /// Ends the stream for that reason.
    pub fn close(mut self, reason: CloseReason) {
        self.end(&Ending::of(reason));
    }

    /// Ends the stream for that reason, because of an error: what it and its causes say is on the span and in the log,
    /// without secrets and cut to 1 KiB.
    ///
    /// ```
    /// use std::io;
    ///
    /// use telemetry_stream::Streams;
    /// use telemetry_stream::labels::{CloseReason, StreamKind, Transport};
    ///
    /// let stream = Streams::global().start(StreamKind::Workflow, Transport::Sse, "exec-17");
    /// stream.fail(CloseReason::UpstreamError, io::Error::other("the store is gone"));
    /// ```
    pub fn fail(mut self, reason: CloseReason, error: impl Into<BoxError>) {
        self.end(&Ending::failed(reason, &error.into()));
    }

    /// The span of an event about to be sent, if it gets one.
    pub(crate) fn start_event(&mut self, event: &EventInfo<'_>) -> Option<ActiveSpan> {
        let ratio = self.inner.settings.event_span_ratio;
        // Those before it may be on their way yet.
        let sequence = self.begun;
        self.begun += 1;
        let chosen = sequence == 0 || (ratio > 0.0 && fastrand::f64() < ratio);
        if !chosen || !self.span().is_sampled() || self.span().span().is_disabled() {
            return None;
        }
        let event_type = &*cut(event.event_type(), NAME);
        let span = self.in_scope(|| {
            ActiveSpan::start(|| {
                guard_span!(
                    "stream.event",
                    otel.name = format!("stream.{event_type}"),
                    event_type,
                    kind = self.about.kind.as_str(),
                    execution_id = &*self.about.execution_id,
                    sequence,
                )
            })
        });
        if span.is_sampled()
            && let Some(producer) = event.find_producer()
        {
            span.span().add_link(producer.span_context());
        }
        Some(span)
    }

    /// An event about to be sent, for [`arrived`](Self::arrived).
    pub(crate) fn sending(&self, event: &EventInfo<'_>) -> Sending {
        Sending { event_type: self.inner.events.find(event.event_type()), published: event.when() }
    }

    pub(crate) fn sent(&mut self, event: &EventInfo<'_>) {
        self.arrived(self.sending(event));
    }

    /// Records an event that has left.
    pub(crate) fn arrived(&mut self, event: Sending) {
        let Inner { metrics, events, .. } = &*self.inner;
        let (kind, metrics) = (self.about.kind, metrics.at(self.metrics));
        if self.events == 0 {
            metrics.time_to_first_event.at(kind).record(self.operation.elapsed().as_secs_f64());
        }
        self.events += 1;
        let of_type = events.at(event.event_type);
        of_type.sent.at(kind).add(1);
        of_type.sent_in_all.add(1);
        if let Some(age) = event.published.and_then(Published::age) {
            metrics.latency.record(age.as_secs_f64());
        }
    }

    /// Says what it means that this is dropped before its end.
    pub(crate) fn if_dropped(&mut self, ending: Ending) {
        self.if_dropped = ending;
    }

    /// Says how the stream is to end soon: a failure stays one, although the client may leave before.
    pub(crate) fn is_to_end(&mut self, ending: &Ending) {
        if ending.reason.is_error() {
            self.if_dropped(ending.clone());
        }
    }

    /// Records the end; what comes later changes nothing.
    pub(crate) fn end(&mut self, ending: &Ending) {
        let end = ending.reason.end();
        self.finish(ending.reason, ending.cause.as_deref().map_or(end, |cause| end.describing(cause)));
    }

    fn finish(&mut self, reason: CloseReason, end: End<'_>) {
        let Some(elapsed) = self.operation.end(&end) else { return };
        self.ended = Some(reason);
        let (kind, metrics) = (self.about.kind, self.inner.metrics.at(self.metrics));
        metrics.active.at(kind).add(-1);
        metrics.connections.at(self.about.transport).add(-1);
        metrics.duration.at(kind).record(elapsed.as_secs_f64());
        metrics.disconnects.at((kind, reason)).add(1);
        if reason.is_error() {
            metrics.errors.at((kind, reason)).add(1);
        }
        self.span().record("events", self.events).record("close_reason", reason.as_str());
        self.log_end(reason, &end, elapsed);
        // The span ends here, although whoever holds the guard may keep it.
        self.operation = Operation::over(self.operation.started(), ActiveSpan::start(Span::none));
        let _ = self.operation.hand_over();
    }

    fn log_end(&self, reason: CloseReason, end: &End<'_>, elapsed: Duration) {
        let (about, events, reason, error_message) = (&self.about, self.events, reason.as_str(), end.description());
        let (outcome, error_type, duration_ms) = (end.outcome(), end.error_type(), clock::millis(elapsed));
        self.in_scope(|| match error_type {
            Some(error_type) => {
                naming!(
                    about,
                    error!(),
                    outcome,
                    error_type,
                    duration_ms,
                    events,
                    reason,
                    error_message,
                    "stream failed"
                );
            }
            // At INFO, as the one for the connection: both are changes of state.
            None => naming!(about, info!(), outcome, duration_ms, events, reason, error_message, "stream disconnected"),
        });
    }

    /// Why the stream ended, if it has.
    pub(crate) fn ended(&self) -> Option<CloseReason> {
        self.ended
    }

    pub(crate) fn idle_timeout(&self) -> Option<Duration> {
        self.idle_timeout
    }

    #[cfg(feature = "axum")]
    pub(crate) fn close_timeout(&self) -> Duration {
        self.inner.settings.close_timeout
    }

    /// After how long without a word from its client it is pinged; nothing where none is.
    #[cfg(feature = "axum")]
    pub(crate) fn ping_interval(&self) -> Option<Duration> {
        Some(self.inner.settings.ping_interval).filter(|interval| !interval.is_zero())
    }

    pub(crate) fn shutdown(&self) -> &CancellationToken {
        self.shutdown.as_ref().unwrap_or(&self.inner.shutdown)
    }
}

impl Drop for StreamGuard {
    fn drop(&mut self) {
        match self.operation.dropped() {
            None => {}
            Some(Dropped::Panicked) => self.finish(CloseReason::InternalError, End::panicked("error")),
            Some(Dropped::Cancelled) => {
                let ending = std::mem::replace(&mut self.if_dropped, LEFT);
                let is_shut_down = !ending.reason.is_error() && self.shutdown().is_cancelled();
                self.end(&if is_shut_down { Ending::of(CloseReason::ServerShutdown) } else { ending });
            }
        }
    }
}

impl CloseReason {
    /// What an end for that reason is to span and log. A client that leaves and a server that is shut down give the
    /// stream up.
    fn end(self) -> End<'static> {
        match self {
            Self::Completed => End::success("success"),
            Self::ClientDisconnect | Self::ServerShutdown => End::cancelled("cancelled"),
            Self::Timeout => End::fatal("timeout", self.as_str()),
            Self::UpstreamError | Self::SerializationError | Self::InternalError => End::fatal("error", self.as_str()),
        }
    }
}

impl fmt::Debug for StreamGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamGuard")
            .field("kind", &self.about.kind)
            .field("transport", &self.about.transport)
            .field("execution_id", &self.about.execution_id)
            .field("events", &self.events)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
