//! Telemetry in memory, streams recorded by it, and the names that the tests read.

use std::ops::Deref;
use std::time::Duration;

use telemetry_core::Label as _;
use telemetry_stream::labels::{CloseReason, StreamKind, Transport};
use telemetry_stream::{EventInfo, Seen, StreamEvent, StreamSettings, StreamStart, Streams};
use telemetry_testkit::{EnteredTelemetry, TestTelemetry, TestTelemetryBuilder};
use tokio::time::Instant;

/// The names of the contract, of which the tests need one spelling.
pub(crate) struct Names {
    pub(crate) active: &'static str,
    pub(crate) duration: &'static str,
    pub(crate) first_event: &'static str,
    pub(crate) events: &'static str,
    pub(crate) errors: &'static str,
    pub(crate) disconnects: &'static str,
    pub(crate) connections: &'static str,
    pub(crate) all_events: &'static str,
    pub(crate) latency: &'static str,
}

pub(crate) const NAMES: Names = Names {
    active: "stream_active_connections",
    duration: "stream_connection_duration_seconds",
    first_event: "stream_time_to_first_event_seconds",
    events: "stream_events_total",
    errors: "stream_errors_total",
    disconnects: "stream_disconnects_total",
    connections: "agentpane_stream_connections_active",
    all_events: "agentpane_stream_events_total",
    latency: "agentpane_stream_latency_seconds",
};

pub(crate) const EXECUTION: &str = "exec-17";
/// What no telemetry may hold.
pub(crate) const PAYLOAD: &str = "the-user's-secret-question";

/// Why what a test's events come from fails.
pub(crate) const GONE: &str = "the store is gone";

/// Telemetry in memory for this thread, and streams recorded by it.
pub(crate) struct Fixture {
    pub(crate) streams: Streams,
    telemetry: EnteredTelemetry,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        Self::with(StreamSettings::default())
    }

    pub(crate) fn idle_after(limit: Duration) -> Self {
        Self::with(StreamSettings { idle_timeout: Some(limit), ..StreamSettings::default() })
    }

    pub(crate) fn with(settings: StreamSettings) -> Self {
        Self::of(TestTelemetry::builder(), settings)
    }

    pub(crate) fn of(telemetry: TestTelemetryBuilder, settings: StreamSettings) -> Self {
        let telemetry = telemetry.with_tokio_time().entered();
        let streams = Streams::with_settings(telemetry.meter(), settings).expect("the settings are sound");
        Self { streams, telemetry }
    }

    pub(crate) fn open(&self) -> StreamStart<'_> {
        self.streams.stream(StreamKind::Workflow, Transport::Sse, EXECUTION)
    }

    /// How many streams are open, by kind and by transport, which have to agree.
    #[track_caller]
    pub(crate) fn active(&self) -> f64 {
        let metrics = self.metrics();
        let (by_kind, by_transport) = (metrics.total(NAMES.active, &[]), metrics.total(NAMES.connections, &[]));
        assert_eq!(by_kind, by_transport, "{metrics}");
        by_kind
    }

    pub(crate) fn closed(&self, reason: CloseReason) -> f64 {
        self.total(NAMES.disconnects, &[("reason", reason.as_str())])
    }

    /// Asserts that there was one stream, that it ended so, and that metrics, span and log agree on it.
    #[track_caller]
    pub(crate) fn assert_one_stream(&self, reason: CloseReason, events: u64) {
        self.assert_stream(reason, reason.is_error().then_some(reason.as_str()), events);
    }

    /// Asserts that span and log record of a stream that failed say why.
    #[track_caller]
    pub(crate) fn assert_cause(&self, cause: &str) {
        let span = self.span("stream.connection");
        assert!(span.to_string().contains(&format!("{cause:?}")), "{span}");
        self.log("stream failed").assert_attribute("error_message", cause);
    }

    /// Asserts the same of one stream that ended in a panic of the server's own.
    #[track_caller]
    pub(crate) fn assert_panicked(&self, events: u64) {
        self.assert_stream(CloseReason::InternalError, Some("panic"), events);
    }

    #[track_caller]
    fn assert_stream(&self, reason: CloseReason, error_type: Option<&str>, events: u64) {
        assert_eq!(self.active(), 0.0);
        let metrics = self.metrics();
        let label = ("reason", reason.as_str());
        let error = f64::from(u8::from(reason.is_error()));
        metrics.assert_total(NAMES.disconnects, &[label], 1.0);
        metrics.assert_total(NAMES.disconnects, &[], 1.0);
        metrics.assert_total(NAMES.errors, &[label], error);
        metrics.assert_total(NAMES.errors, &[], error);
        metrics.assert_total(NAMES.duration, &[], 1.0);
        metrics.assert_total(NAMES.first_event, &[], f64::from(u8::from(events > 0)));
        metrics.assert_total(NAMES.events, &[], events as f64);
        metrics.assert_total(NAMES.all_events, &[], events as f64);

        let span = self.span("stream.connection");
        span.assert_attribute("close_reason", reason.as_str());
        span.assert_attribute("events", &events.to_string());
        span.assert_error(error_type);
        let outcome = match reason {
            CloseReason::Completed => "success",
            CloseReason::ClientDisconnect | CloseReason::ServerShutdown => "cancelled",
            CloseReason::Timeout => "timeout",
            CloseReason::UpstreamError | CloseReason::SerializationError | CloseReason::InternalError => "error",
        };
        span.assert_attribute("outcome", outcome);

        let log = self.log(if reason.is_error() { "stream failed" } else { "stream disconnected" });
        log.assert_severity(if reason.is_error() { "ERROR" } else { "INFO" });
        log.assert_attribute("reason", reason.as_str());
        log.assert_attribute("outcome", outcome);
        assert_eq!(log.attribute("error_type"), error_type, "{log}");
        log.assert_attribute("events", &events.to_string());
        log.assert_attribute("execution_id", EXECUTION);
        log.assert_in(&span);
        self.assert_nowhere(PAYLOAD);
    }
}

impl Deref for Fixture {
    type Target = TestTelemetry;

    fn deref(&self) -> &TestTelemetry {
        &self.telemetry
    }
}

/// An event of a stream under test.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) published: Instant,
}

impl Step {
    pub(crate) fn now(name: &'static str) -> Self {
        Self { name, published: Instant::now() }
    }
}

impl StreamEvent for Step {
    fn seen(&self) -> Seen<'_> {
        EventInfo::new(self.name).published(self.published).into()
    }
}
