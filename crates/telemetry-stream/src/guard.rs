//! The guard of one open stream: its events, its span, and the one reason for its end.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use telemetry_core::Label as _;
use telemetry_core::trace::{ActiveSpan, LOGS_ONLY};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::Span;
use tracing::field::Empty;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::event::EventInfo;
use crate::metrics::{CloseReason, StreamKind, StreamMetrics, Transport};
use crate::streams::{StreamStart, Streams};

/// One open stream: a guard that records what is sent on it and why it ends.
///
/// [`observe`](Self::observe) wraps the stream of events itself, and, with the feature `axum`, `sse` makes a response of
/// it and `websocket` takes a socket: they find out by themselves why a stream ended. Or call
/// [`event`](Self::event) for each event that was sent, and [`close`](Self::close) at the end.
///
/// A guard that is dropped before that ends the stream as left by its client, because that is what drops the body of a
/// response; but as `server_shutdown` when the server is shutting down, and as `internal_error` in a panic.
#[must_use = "dropped at once, the stream counts as left by its client"]
pub struct StreamGuard {
    streams: Streams,
    metrics: Arc<StreamMetrics>,
    about: About,
    span: ActiveSpan,
    opened: Instant,
    idle_timeout: Option<Duration>,
    shutdown: CancellationToken,
    events: u64,
    /// Whether the source of the events is at work, so that a drop now is a panic of it.
    pub(crate) in_source: bool,
    ended: Option<CloseReason>,
}

/// What logs and span tell of a stream.
struct About {
    kind: StreamKind,
    transport: Transport,
    execution_id: String,
    id: Option<String>,
}

impl About {
    /// The id, where it is one of that kind.
    fn id_of(&self, kind: StreamKind) -> Option<&str> {
        self.id.as_deref().filter(|_| self.kind == kind)
    }
}

/// A log event that names the stream.
macro_rules! log {
    ($level:ident, $about:expr, $($rest:tt)+) => {
        tracing::$level!(
            kind = $about.kind.as_str(),
            transport = $about.transport.as_str(),
            execution_id = $about.execution_id,
            workflow_id = $about.id_of(StreamKind::Workflow),
            agent_id = $about.id_of(StreamKind::Agent),
            task_id = $about.id_of(StreamKind::Task),
            session_id = $about.id_of(StreamKind::Session),
            $($rest)+
        )
    };
}

impl StreamGuard {
    pub(crate) fn open(start: &StreamStart<'_>) -> Self {
        let about = About {
            kind: start.kind,
            transport: start.transport,
            execution_id: start.execution_id.to_owned(),
            id: start.id.map(str::to_owned),
        };
        let span = ActiveSpan::start_logged(
            || {
                tracing::info_span!(
                    "stream.connection",
                    kind = about.kind.as_str(),
                    transport = about.transport.as_str(),
                    execution_id = about.execution_id,
                    workflow_id = about.id_of(StreamKind::Workflow),
                    agent_id = about.id_of(StreamKind::Agent),
                    task_id = about.id_of(StreamKind::Task),
                    session_id = about.id_of(StreamKind::Session),
                    events = Empty,
                    close_reason = Empty,
                )
            },
            || {
                let (kind, execution_id) = (about.kind.as_str(), about.execution_id.as_str());
                tracing::info_span!(target: LOGS_ONLY, "stream.connection", kind, execution_id)
            },
        );
        // Held, so that what is added here is taken away there, even when the meter is installed in between.
        let metrics = Arc::clone(start.streams.metrics().get(()));
        metrics.active.at(about.kind).add(1);
        metrics.connections.at(about.transport).add(1);
        span.in_scope(|| log!(info, about, "stream connected"));
        Self {
            streams: start.streams.clone(),
            metrics,
            about,
            span,
            opened: Instant::now(),
            idle_timeout: start.idle_timeout,
            shutdown: start.shutdown.clone().unwrap_or_else(|| start.streams.shutdown().clone()),
            events: 0,
            in_source: false,
            ended: None,
        }
    }

    /// The connection's span; a disabled one once the stream has ended.
    #[must_use]
    pub fn span(&self) -> &ActiveSpan {
        &self.span
    }

    /// How many events were sent.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.events
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
        self.end(reason);
    }

    /// The span of an event about to be sent, if it gets one.
    pub(crate) fn start_event(&self, event: &EventInfo<'_>) -> Option<ActiveSpan> {
        let ratio = self.streams.event_span_ratio();
        let chosen = self.events == 0 || (ratio > 0.0 && fastrand::f64() < ratio);
        if !chosen || !self.span.is_sampled() || self.span.span().is_disabled() {
            return None;
        }
        let event_type = event.event_type();
        let span = self.span.in_scope(|| {
            ActiveSpan::start(|| {
                tracing::info_span!(
                    "stream.event",
                    otel.name = format!("stream.{event_type}"),
                    event_type,
                    kind = self.about.kind.as_str(),
                    execution_id = self.about.execution_id,
                    sequence = self.events,
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

    pub(crate) fn sent(&mut self, event: &EventInfo<'_>) {
        let kind = self.about.kind;
        if self.events == 0 {
            self.metrics.time_to_first_event.at(kind).record(self.opened.elapsed().as_secs_f64());
        }
        self.events += 1;
        let of_type = self.streams.events().get(event.event_type());
        of_type.sent.at(kind).add(1);
        of_type.sent_in_all.add(1);
        if let Some(age) = event.age() {
            self.metrics.latency.record(age.as_secs_f64());
        }
    }

    /// Records the end; what comes later changes nothing.
    pub(crate) fn end(&mut self, reason: CloseReason) {
        if self.ended.is_some() {
            return;
        }
        self.ended = Some(reason);
        let (kind, elapsed) = (self.about.kind, self.opened.elapsed());
        self.metrics.active.at(kind).add(-1);
        self.metrics.connections.at(self.about.transport).add(-1);
        self.metrics.duration.at(kind).record(elapsed.as_secs_f64());
        self.metrics.disconnects.at((kind, reason)).add(1);
        if reason.is_error() {
            self.metrics.errors.at((kind, reason)).add(1);
        }
        self.span.record("events", self.events).record("close_reason", reason.as_str());
        if reason.is_error() {
            self.span.set_error(reason.as_str(), "");
        }
        self.log_end(reason, elapsed);
        // The span ends here, although whoever holds the guard may keep it.
        self.span = ActiveSpan::start(Span::none);
    }

    fn log_end(&self, reason: CloseReason, elapsed: Duration) {
        let (about, events, reason_name) = (&self.about, self.events, reason.as_str());
        let duration_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        self.span.in_scope(|| {
            if reason.is_error() {
                log!(error, about, duration_ms, events, reason = reason_name, "stream failed");
            } else {
                log!(info, about, duration_ms, events, reason = reason_name, "stream disconnected");
            }
        });
    }

    /// Why the stream ended, if it has.
    pub(crate) fn ended(&self) -> Option<CloseReason> {
        self.ended
    }

    pub(crate) fn idle_timeout(&self) -> Option<Duration> {
        self.idle_timeout
    }

    pub(crate) fn shutdown(&self) -> &CancellationToken {
        &self.shutdown
    }
}

impl Drop for StreamGuard {
    fn drop(&mut self) {
        self.end(if self.in_source || std::thread::panicking() {
            CloseReason::InternalError
        } else if self.shutdown.is_cancelled() {
            CloseReason::ServerShutdown
        } else {
            CloseReason::ClientDisconnect
        });
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
