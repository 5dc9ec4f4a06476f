//! The platform's event streams, and clients that follow them.

mod client;
mod followers;
mod routes;
mod scenario;

use std::convert::Infallible;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::HeaderMap;
use telemetry_core::{Component, Errors, Label as _, Meter};
use telemetry_stream::labels::{CloseReason, Transport};
use telemetry_stream::{StreamGuard, Streams};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use crate::check::Ledger;
use scenario::{End, SILENCE, Scenario};

pub(crate) use followers::Followers;

/// What serves the streams.
pub(crate) struct Streaming {
    streams: Streams,
    errors: Errors,
    ledger: Arc<Ledger>,
    opened: AtomicU64,
    /// Held by each stream that is open.
    open: Arc<()>,
    /// Held by each socket, because the server does not wait for those.
    sockets: Mutex<Option<mpsc::Sender<Infallible>>>,
    all_closed: tokio::sync::Mutex<mpsc::Receiver<Infallible>>,
}

impl Streaming {
    pub(crate) fn new(meter: &Meter, ledger: Arc<Ledger>) -> Self {
        let (sender, receiver) = mpsc::channel(1);
        Self {
            streams: Streams::new(meter),
            errors: Errors::new(meter),
            ledger,
            opened: AtomicU64::new(0),
            open: Arc::default(),
            sockets: Mutex::new(Some(sender)),
            all_closed: tokio::sync::Mutex::new(receiver),
        }
    }

    fn open(&self, scenario: &Scenario, headers: &HeaderMap) -> StreamGuard {
        let execution = format!("execution-{}", self.opened.fetch_add(1, Ordering::Relaxed));
        let idle_timeout = (scenario.end == End::Silent).then_some(SILENCE);
        let stream = self.streams.stream(scenario.kind, scenario.transport(), &execution).id(scenario.id);
        stream.headers(headers).idle_timeout(idle_timeout).start()
    }

    /// Nobody has that session.
    fn refuse_session(&self) {
        self.errors.record(Errors::SESSION_CONNECTION_FAILED, Component::Stream);
        let labels = [("error_code", Errors::SESSION_CONNECTION_FAILED), ("component", "stream")];
        self.ledger.add("agentpane_errors_total", &labels, 1);
    }

    fn socket(&self) -> Option<mpsc::Sender<Infallible>> {
        self.sockets.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits for the sockets that are closing.
    pub(crate) async fn drain(&self) {
        *self.sockets.lock().unwrap_or_else(PoisonError::into_inner) = None;
        // Nothing can be sent, so this ends when the last sender is gone.
        let closed = self.all_closed.lock().await.recv().await;
        debug_assert!(closed.is_none());
    }

    /// Waits until no more than so many streams are open: a client that has left is noticed a moment later.
    async fn only(&self, open: usize) {
        let seen = async {
            while Arc::strong_count(&self.open) > open + 1 {
                sleep(Duration::from_millis(5)).await;
            }
        };
        // If they never are, the comparison of what arrived says more than this could.
        let _in_time = timeout(Duration::from_secs(10), seen).await;
    }

    /// Ends the streams that would never end.
    fn shut_down(&self) {
        self.streams.shut_down();
    }

    /// Notes what the telemetry has to say of a stream that a client has followed.
    fn note(&self, scenario: &Scenario, reason: CloseReason) {
        let ledger = &self.ledger;
        let kind = ("kind", scenario.kind.as_str());
        for event in scenario.events {
            ledger.add("stream_events_total", &[kind, ("event_type", event)], 1);
            ledger.add("agentpane_stream_events_total", &[("event_type", event)], 1);
            ledger.add("agentpane_stream_latency_seconds", &[], 1);
        }
        if let Some(first) = scenario.events.first() {
            ledger.add("stream_time_to_first_event_seconds", &[kind], 1);
            ledger.span(&format!("stream.{first}"));
        }
        let ended = [kind, ("reason", reason.as_str())];
        ledger.add("stream_connection_duration_seconds", &[kind], 1);
        ledger.add("stream_disconnects_total", &ended, 1);
        ledger.span("stream.connection");
        ledger.log("stream connected");
        if reason.is_error() {
            ledger.add("stream_errors_total", &ended, 1);
            ledger.log("stream failed");
            // An error cuts the response off, which the HTTP layer tells.
            if scenario.transport() == Transport::Sse && scenario.end != End::Silent {
                ledger.log("request failed");
            }
        } else {
            ledger.log("stream disconnected");
        }
    }
}

/// The path of a stream.
fn path(scenario: &Scenario) -> String {
    match scenario.transport() {
        Transport::Sse => format!("/streams/{}/{}", scenario.kind.as_str(), scenario.id),
        Transport::Websocket => format!("/sessions/{}", scenario.id),
    }
}
