//! How each stream of the platform goes and ends.

use std::time::{Duration, SystemTime};

use futures_util::Stream;
use futures_util::stream;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};
use telemetry_core::Label as _;
use telemetry_stream::labels::{CloseReason, StreamKind, Transport};
use telemetry_stream::{EventInfo, Producer, Seen, StreamEvent};
use tokio::time::sleep;

use StreamKind::{Agent, Session, Task, Workflow};

/// How long events are apart.
const PACE: Duration = Duration::from_millis(20);
/// How long a stream that falls silent may be so: far longer than a busy machine takes for the next event.
pub(super) const SILENCE: Duration = Duration::from_secs(1);

/// How a stream of the platform goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scenario {
    pub(super) id: &'static str,
    pub(super) kind: StreamKind,
    /// The types of its events.
    pub(super) events: &'static [&'static str],
    pub(super) end: End,
}

/// How a stream ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
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
    pub(super) const fn reason(self) -> CloseReason {
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
pub(super) const GOOD: [Scenario; 5] = [
    Scenario::new(Workflow, "nightly-report", &["step", "step", "step", "result"], End::Complete),
    Scenario::new(Agent, "researcher", &["turn", "tool_call", "turn"], End::Left),
    Scenario::new(Task, "summary", &["chunk", "chunk", "chunk", "chunk", "result"], End::Complete),
    Scenario::new(Session, "planning", &["presence", "message", "message"], End::Left),
    Scenario::new(Session, "review", &["presence", "message"], End::Complete),
];

/// Streams that fail.
pub(super) const BAD: [Scenario; 4] = [
    Scenario::new(Workflow, "broken-import", &["step"], End::Fails),
    Scenario::new(Agent, "rambler", &["turn", "turn"], End::Unspeakable),
    Scenario::new(Task, "stuck", &["chunk"], End::Silent),
    Scenario::new(Session, "abandoned", &["presence"], End::Silent),
];

/// A stream that is open for as long as the platform.
pub(super) const ENDLESS: Scenario = Scenario::new(Session, "lobby", &["presence"], End::Stopped);

/// The stream of that kind and name.
pub(super) fn find(kind: &str, id: &str) -> Option<Scenario> {
    let known = GOOD.into_iter().chain(BAD).chain([ENDLESS]);
    known.into_iter().find(|scenario| scenario.kind.as_str() == kind && scenario.id == id)
}

impl Scenario {
    const fn new(kind: StreamKind, id: &'static str, events: &'static [&'static str], end: End) -> Self {
        Self { id, kind, events, end }
    }

    pub(super) fn transport(&self) -> Transport {
        if self.kind == Session { Transport::Websocket } else { Transport::Sse }
    }

    /// The events of one execution, published by `producer`.
    pub(super) fn publish(self, producer: Option<Producer>) -> impl Stream<Item = Result<Told, &'static str>> {
        stream::unfold(0, move |number| {
            let producer = producer.clone();
            async move {
                sleep(PACE).await;
                let told = match (self.events.get(number), self.end) {
                    (Some(event_type), _) => Ok(Told::Event(event(event_type, producer.as_ref()))),
                    (None, End::Complete) => return None,
                    (None, End::Fails) => Err("the store of events is gone"),
                    (None, End::Unspeakable) => Ok(Told::Unspeakable),
                    (None, End::Left | End::Stopped | End::Silent) => std::future::pending().await,
                };
                Some((told, number + 1))
            }
        })
    }
}

fn event(event_type: &str, producer: Option<&Producer>) -> Value {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let mut event = Map::new();
    event.insert("type".to_owned(), event_type.into());
    event.insert("timestamp".to_owned(), json!(u64::try_from(since.as_millis()).unwrap_or_default()));
    event.insert("text".to_owned(), "what was done, thought or said".into());
    if let Some(producer) = producer {
        producer.put_into(&mut event);
    }
    Value::Object(event)
}

/// What a stream tells.
pub(super) enum Told {
    Event(Value),
    /// Something that JSON has no words for.
    Unspeakable,
}

impl StreamEvent for Told {
    fn seen(&self) -> Seen<'_> {
        match self {
            Self::Event(event) => event.seen(),
            Self::Unspeakable => EventInfo::new("turn").into(),
        }
    }
}

impl Serialize for Told {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Event(event) => event.serialize(serializer),
            Self::Unspeakable => Err(serde::ser::Error::custom("there are no words for it")),
        }
    }
}
