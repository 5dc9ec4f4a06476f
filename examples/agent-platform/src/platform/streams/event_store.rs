//! What the streams need of the store of events: an adapter to a log, a queue or a database goes here.

use std::time::Duration;

use axum::BoxError;
use futures_util::stream::BoxStream;
use serde::Serialize;
use telemetry_stream::StreamEvent;
use telemetry_stream::labels::StreamKind;

/// Has the events of executions.
pub(crate) trait EventStore: Send + Sync + 'static {
    /// What executions publish.
    type Event: StreamEvent + Serialize + Send + 'static;

    /// Follows the events of an execution; `None` when there is none of that kind and name.
    fn follow(&self, kind: &str, id: &str) -> Option<Followed<Self::Event>>;
}

/// The events of an execution.
pub(crate) struct Followed<E> {
    pub(crate) kind: StreamKind,
    pub(crate) events: BoxStream<'static, Result<E, BoxError>>,
    /// How long it may be silent, where that is not as long as others.
    pub(crate) idle_timeout: Option<Duration>,
}
