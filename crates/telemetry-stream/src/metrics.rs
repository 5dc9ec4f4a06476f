//! What is measured of streams and of the events on them.

use telemetry_core::{Catalogue, Choice, Counter, Gauge, Histogram, Label, Metrics, UpDownCounter};

/// Every metric of this crate.
pub const CATALOGUE: Catalogue =
    Catalogue::new(env!("CARGO_PKG_NAME"), &[StreamMetrics::CATALOGUE, EventMetrics::CATALOGUE]);

/// What is measured of streams.
#[derive(Metrics)]
#[metrics(scope = "telemetry.stream", entity())]
pub struct StreamMetrics {
    /// Open event streams by execution kind
    #[metric(name = "stream_active_connections")]
    pub active: UpDownCounter<StreamKind>,
    /// Whether streams of the kind wait for people: 1 where they may be silent for long and end whenever somebody leaves
    #[metric(name = "stream_waits_for_people")]
    pub waits_for_people: Gauge<StreamKind>,
    /// Duration of event streams
    #[metric(
        name = "stream_connection_duration_seconds",
        unit = "s",
        buckets = [0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0]
    )]
    pub duration: Histogram<StreamKind>,
    /// Time from accepting a stream to its first event
    #[metric(
        name = "stream_time_to_first_event_seconds",
        unit = "s",
        buckets = [0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0]
    )]
    pub time_to_first_event: Histogram<StreamKind>,
    /// Streams that ended in an error, by reason
    #[metric(name = "stream_errors_total")]
    pub errors: Counter<(StreamKind, CloseReason)>,
    /// Streams closed, by reason (a clean end included)
    #[metric(name = "stream_disconnects_total")]
    pub disconnects: Counter<(StreamKind, CloseReason)>,
    /// Open stream connections by transport
    #[metric(name = "agentpane_stream_connections_active")]
    pub connections: UpDownCounter<Transport>,
    /// Latency from publishing an event to its delivery
    #[metric(
        name = "agentpane_stream_latency_seconds",
        unit = "s",
        buckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25]
    )]
    pub latency: Histogram,
}

/// What is measured of one type of event.
#[derive(Metrics)]
#[metrics(scope = "telemetry.stream", entity(event_type))]
pub struct EventMetrics {
    /// Events sent on streams
    #[metric(name = "stream_events_total")]
    pub sent: Counter<StreamKind>,
    /// Events sent through streams
    #[metric(name = "agentpane_stream_events_total")]
    pub sent_in_all: Counter,
}

/// What a stream tells of.
#[derive(Label, Choice, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[label(name = "kind")]
pub enum StreamKind {
    /// An execution of a workflow.
    Workflow,
    /// An execution of an agent.
    Agent,
    /// An execution of a task.
    Task,
    /// A session that people share.
    Session,
}

/// How a stream reaches its client.
#[derive(Label, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[label(name = "type")]
pub enum Transport {
    /// Server-sent events.
    Sse,
    /// A WebSocket.
    Websocket,
}

/// Why a stream ended.
#[derive(Label, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[label(name = "reason")]
pub enum CloseReason {
    /// All that there was to tell had been told.
    Completed,
    /// The client left, or its connection was lost.
    ClientDisconnect,
    /// The server is shutting down.
    ServerShutdown,
    /// Nothing happened for as long as the stream may be idle.
    Timeout,
    /// What the events come from failed.
    UpstreamError,
    /// An event could not be put into the form that it is sent in.
    SerializationError,
    /// The server's own code failed: a panic, above all.
    InternalError,
}

impl CloseReason {
    /// Whether a stream that ends so ended in an error. A client that leaves and a server that is shut down are none.
    #[must_use]
    pub const fn is_error(self) -> bool {
        match self {
            Self::Completed | Self::ClientDisconnect | Self::ServerShutdown => false,
            Self::Timeout | Self::UpstreamError | Self::SerializationError | Self::InternalError => true,
        }
    }
}
