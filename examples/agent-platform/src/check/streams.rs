//! What the telemetry has to say of streams, by what those heard who followed them.

use telemetry_core::Label as _;
use telemetry_stream::labels::{CloseReason, StreamKind};

use super::ledger::Ledger;

/// A stream that a client has followed to its end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FollowedStream<'a> {
    pub(crate) kind: StreamKind,
    /// The types of its events.
    pub(crate) events: &'a [&'a str],
    pub(crate) reason: CloseReason,
    /// Whether an HTTP response was cut off, which the HTTP layer tells.
    pub(crate) is_cut_off: bool,
    /// Whether its events come from the store, whose executions publish them.
    pub(crate) is_stored: bool,
}

impl FollowedStream<'_> {
    /// Notes it in the ledger.
    pub(crate) fn note(&self, ledger: &Ledger) {
        let kind = ("kind", self.kind.as_str());
        if self.is_stored {
            ledger.span("platform.publish");
        }
        for event in self.events {
            ledger.add("stream_events_total", &[kind, ("event_type", event)], 1);
            ledger.add("agentpane_stream_events_total", &[("event_type", event)], 1);
            ledger.add("agentpane_stream_latency_seconds", &[], 1);
            if self.kind == StreamKind::Session {
                ledger.add("agentpane_session_events_total", &[("event_type", event)], 1);
            }
        }
        if let Some(first) = self.events.first() {
            ledger.add("stream_time_to_first_event_seconds", &[kind], 1);
            ledger.span(&format!("stream.{first}"));
        }
        let ended = [kind, ("reason", self.reason.as_str())];
        ledger.add("stream_connection_duration_seconds", &[kind], 1);
        ledger.add("stream_disconnects_total", &ended, 1);
        ledger.span("stream.connection");
        ledger.log("stream connected");
        if self.reason.is_error() {
            ledger.add("stream_errors_total", &ended, 1);
            ledger.log("stream failed");
        } else {
            ledger.log("stream disconnected");
        }
        if self.is_cut_off {
            ledger.log("request failed");
        }
    }
}

/// Somebody was told that there is no such session.
pub(crate) fn refused(ledger: &Ledger) {
    let labels = [("error_code", "SESSION_CONNECTION_FAILED"), ("component", "stream")];
    ledger.add("agentpane_errors_total", &labels, 1);
}
