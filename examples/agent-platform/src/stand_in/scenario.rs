//! How each execution's stream of events goes and ends.

use telemetry_stream::labels::{CloseReason, StreamKind, Transport};

use StreamKind::{Agent, Session, Task, Workflow};

/// How a stream goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scenario {
    pub(crate) id: &'static str,
    pub(crate) kind: StreamKind,
    /// The types of its events.
    pub(crate) events: &'static [&'static str],
    pub(crate) end: End,
}

/// How a stream ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// All is told.
    Complete,
    /// Its client has seen enough.
    Left,
    /// The platform shuts down.
    Stopped,
    /// The store of events fails.
    Fails,
    /// An event cannot be written down.
    Unspeakable,
    /// No event comes any more.
    Silent,
}

impl End {
    pub(crate) const fn reason(self) -> CloseReason {
        match self {
            Self::Complete => CloseReason::Completed,
            Self::Left => CloseReason::ClientDisconnect,
            Self::Stopped => CloseReason::ServerShutdown,
            Self::Fails => CloseReason::UpstreamError,
            Self::Unspeakable => CloseReason::SerializationError,
            Self::Silent => CloseReason::Timeout,
        }
    }
}

/// Streams that end well.
pub(crate) const GOOD_STREAMS: [Scenario; 5] = [
    Scenario::new(Workflow, "nightly-report", &["step", "step", "step", "result"], End::Complete),
    Scenario::new(Agent, "researcher", &["turn", "tool_call", "turn"], End::Left),
    Scenario::new(Task, "summary", &["chunk", "chunk", "chunk", "chunk", "result"], End::Complete),
    Scenario::new(Session, "planning", &["presence", "message", "message"], End::Left),
    Scenario::new(Session, "review", &["presence", "message"], End::Complete),
];

/// Streams that fail.
pub(crate) const BAD_STREAMS: [Scenario; 4] = [
    Scenario::new(Workflow, "broken-import", &["step"], End::Fails),
    Scenario::new(Agent, "rambler", &["turn", "turn"], End::Unspeakable),
    Scenario::new(Task, "stuck", &["chunk"], End::Silent),
    Scenario::new(Session, "abandoned", &["presence"], End::Silent),
];

/// A stream that is open for as long as the platform.
pub(crate) const ENDLESS: Scenario = Scenario::new(Session, "lobby", &["presence"], End::Stopped);

/// The stream of that kind and name.
pub(super) fn find(kind: &str, id: &str) -> Option<Scenario> {
    let known = GOOD_STREAMS.into_iter().chain(BAD_STREAMS).chain([ENDLESS]);
    known.into_iter().find(|scenario| scenario.kind.as_str() == kind && scenario.id == id)
}

impl Scenario {
    const fn new(kind: StreamKind, id: &'static str, events: &'static [&'static str], end: End) -> Self {
        Self { id, kind, events, end }
    }

    pub(crate) fn transport(&self) -> Transport {
        if self.kind == Session { Transport::Websocket } else { Transport::Sse }
    }

    /// Where the platform serves it.
    pub(crate) fn path(&self) -> String {
        match self.transport() {
            Transport::Sse => format!("/streams/{}/{}", self.kind.as_str(), self.id),
            Transport::Websocket => format!("/sessions/{}", self.id),
        }
    }
}
