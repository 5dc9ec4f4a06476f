//! The streams that are open, and how they come to an end with the platform.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use http::HeaderMap;
use telemetry_agent::Project;
use telemetry_core::{Component, Errors, Meter};
use telemetry_stream::labels::Transport;
use telemetry_stream::{StreamGuard, Streams};
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::attendance::{Attendance, Seat};
use super::event_store::Followed;

/// What serves the streams.
pub(crate) struct Streaming<S> {
    pub(super) store: S,
    streams: Streams,
    errors: Errors,
    attendance: Arc<Attendance>,
    opened: AtomicU64,
    /// Each stream: the server does not wait for the end of sockets.
    open: TaskTracker,
}

impl<S> Streaming<S> {
    /// Streams of what the store has; who follows sessions takes part in those of the project.
    pub(crate) fn new(meter: &Meter, store: S, sessions: Project) -> Self {
        Self {
            store,
            streams: Streams::new(meter),
            errors: Errors::new(meter),
            attendance: Arc::new(Attendance::new(sessions)),
            opened: AtomicU64::new(0),
            open: TaskTracker::new(),
        }
    }

    /// Opens a stream. It counts as open until the token is dropped.
    pub(super) fn start<E>(
        &self,
        followed: &Followed<E>,
        transport: Transport,
        id: &str,
        headers: &HeaderMap,
    ) -> (StreamGuard, TaskTrackerToken) {
        let execution = format!("execution-{}", self.opened.fetch_add(1, Ordering::Relaxed));
        let stream = self.streams.stream(followed.kind, transport, &execution).id(id);
        (stream.headers(headers).idle_timeout(followed.idle_timeout).start(), self.open.token())
    }

    /// Somebody takes part in a session, until the seat is dropped.
    pub(super) fn take_seat(&self, session_id: &str) -> Seat {
        let user = format!("user-{}", self.opened.fetch_add(1, Ordering::Relaxed));
        self.attendance.join(session_id, &user)
    }

    /// Nobody has that session.
    pub(super) fn refuse_session(&self) {
        self.errors.record(Errors::SESSION_CONNECTION_FAILED, Component::Stream);
    }

    /// How many streams are open.
    pub(crate) fn open(&self) -> usize {
        self.open.len()
    }

    /// Ends the streams that would never end.
    pub(crate) fn shut_down(&self) {
        self.streams.shut_down();
    }

    /// Waits for the streams that are closing.
    pub(crate) async fn drain(&self) {
        self.open.close();
        self.open.wait().await;
    }
}
