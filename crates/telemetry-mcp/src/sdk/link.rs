//! A client's connection as its transport, its calls and its watch share it.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use rmcp::ServiceError;
use telemetry_core::error_message;
use tokio::sync::Notify;
use tokio::task::AbortHandle;

use super::failure::{Sign, Why, sign};
use crate::connection::Connection;
use crate::names::ServerTools;

/// A client's connection: it lives as long as its transport, and all others find it there.
pub(super) struct Link {
    pub(super) connection: Connection,
    pub(super) server_id: Arc<str>,
    /// What the server is known to have.
    pub(super) tools: Option<Arc<ServerTools>>,
    pub(super) news: Arc<News>,
    /// Whether the server may be gone without an end of the transport.
    pub(super) outlives_server: bool,
    watch: OnceLock<Watched>,
}

/// The task that looks after a connection.
struct Watched {
    task: AbortHandle,
    by_pings: bool,
}

/// What the watch waits for; apart from the link, which must not live any longer for that.
#[derive(Default)]
pub(super) struct News {
    /// The server has other tools now.
    pub(super) tools_changed: Notify,
    /// A call could not reach the server.
    pub(super) call_failed: Notify,
    /// Calls under way: a server that runs one of them may have no time for a ping.
    calls: AtomicUsize,
    /// How much has come from the server.
    heard: AtomicUsize,
}

impl Link {
    pub(super) fn new(
        connection: Connection,
        server_id: &Arc<str>,
        tools: Option<Arc<ServerTools>>,
        outlives_server: bool,
    ) -> Arc<Self> {
        let (server_id, news, watch) = (Arc::clone(server_id), Arc::default(), OnceLock::new());
        Arc::new(Self { connection, server_id, tools, news, outlives_server, watch })
    }

    /// Says which task looks after the connection, to be ended with it, and whether it sends pings.
    pub(super) fn watched_by(&self, task: AbortHandle, by_pings: bool) {
        if let Err(second) = self.watch.set(Watched { task, by_pings }) {
            second.task.abort();
        }
    }

    pub(super) fn is_watched(&self) -> bool {
        self.watch.get().is_some()
    }

    /// Notes how a call ended. One that could not reach the server may have failed for a reason of its own, so that a ping
    /// decides, where there is one.
    pub(super) fn call_ended(&self, error: Option<&ServiceError>) {
        match error.map(sign) {
            None | Some(Sign::Answered) => self.answered(),
            Some(Sign::Gone) if self.watch.get().is_some_and(|watch| watch.by_pings) => {
                self.news.call_failed.notify_one();
            }
            Some(Sign::Gone) => self.gone(error),
            Some(Sign::Silent) => {}
        }
    }

    /// The server has answered.
    pub(super) fn answered(&self) {
        if self.connection.restored() {
            tracing::info!(server_id = &*self.server_id, "MCP server is back");
            // With other tools, perhaps.
            self.tools_changed();
        }
    }

    /// The server may have other tools now. Who has not listed them asks it for no more than the application does.
    pub(super) fn tools_changed(&self) {
        if self.tools.as_ref().is_some_and(|tools| tools.are_listed()) {
            self.news.tools_changed.notify_one();
        }
    }

    /// The server is gone.
    pub(super) fn gone(&self, error: Option<&ServiceError>) {
        if self.connection.lost() {
            let error_message = error.map(|error| error_message(&Why::of(error)));
            tracing::warn!(server_id = &*self.server_id, error_message, "MCP server is gone");
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        if let Some(watch) = self.watch.get() {
            watch.task.abort();
        }
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").field("connection", &self.connection).finish_non_exhaustive()
    }
}

impl News {
    /// Counts a call as under way until that is dropped.
    pub(super) fn call(self: &Arc<Self>) -> CallUnderWay {
        self.calls.fetch_add(1, Ordering::Relaxed);
        CallUnderWay(Arc::clone(self))
    }

    pub(super) fn are_calls_under_way(&self) -> bool {
        self.calls.load(Ordering::Relaxed) > 0
    }

    pub(super) fn hear(&self) {
        self.heard.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn heard(&self) -> usize {
        self.heard.load(Ordering::Relaxed)
    }
}

/// A call under way.
pub(super) struct CallUnderWay(Arc<News>);

impl Drop for CallUnderWay {
    fn drop(&mut self) {
        self.0.calls.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The connection that a builder has tracked last, for the client that it wraps. A copy of the builder has another.
#[derive(Debug, Default)]
pub(super) struct Tracked(Mutex<Weak<Link>>);

impl Tracked {
    pub(super) fn set(&self, link: &Arc<Link>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Arc::downgrade(link);
    }

    pub(super) fn take(&self) -> Weak<Link> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Clone for Tracked {
    fn clone(&self) -> Self {
        Self::default()
    }
}
