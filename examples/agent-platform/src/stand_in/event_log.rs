//! A store of events whose executions publish what their scenarios say, at their pace.

use std::sync::Arc;
use std::time::Duration;

use axum::BoxError;
use futures_util::{Stream, StreamExt as _, stream};
use serde::{Serialize, Serializer};
use serde_json::Value;
use telemetry_stream::labels::StreamKind;
use telemetry_stream::{EventInfo, Producer, Seen, StreamEvent};
use tokio::time::sleep;

use super::scenario::{self, End, Scenario};
use super::switchboard::{Fault, Switchboard};
use crate::platform::streams::{EventStore, Followed, event};

/// How long events are apart.
const PACE: Duration = Duration::from_millis(20);
/// How long a stream that falls silent may be so: far longer than a busy machine takes for the next event.
const SILENCE: Duration = Duration::from_secs(1);

/// The store. It tells nothing of workflows while a fault is on.
#[derive(Debug, Clone)]
pub(crate) struct EventLog {
    pub(crate) switchboard: Arc<Switchboard>,
}

impl EventStore for EventLog {
    type Event = Told;

    fn follow(&self, kind: &str, id: &str) -> Option<Followed<Told>> {
        let scenario = scenario::find(kind, id)?;
        // What an execution does while it publishes: its events carry this span.
        let producer = tracing::info_span!("platform.publish", id).in_scope(Producer::current);
        let idle_timeout = (scenario.end == End::Silent).then_some(SILENCE);
        Some(Followed {
            kind: scenario.kind,
            events: publish(scenario, producer, Arc::clone(&self.switchboard)).boxed(),
            idle_timeout,
        })
    }
}

/// The events of one execution, published by `producer`.
fn publish(
    scenario: Scenario,
    producer: Option<Producer>,
    switchboard: Arc<Switchboard>,
) -> impl Stream<Item = Result<Told, BoxError>> + Send + 'static {
    stream::unfold(0, move |number| {
        let (producer, switchboard) = (producer.clone(), Arc::clone(&switchboard));
        async move {
            sleep(PACE).await;
            if scenario.kind == StreamKind::Workflow {
                switchboard.off(Fault::StalledStream).await;
            }
            let told = match (scenario.events.get(number), scenario.end) {
                (Some(event_type), _) => {
                    Ok(Told::Event(event(event_type, "what was done, thought or said", producer.as_ref())))
                }
                (None, End::Complete) => return None,
                (None, End::Fails) => Err("the store of events is gone".into()),
                (None, End::Unspeakable) => Ok(Told::Unspeakable),
                (None, End::Left | End::Stopped | End::Silent) => std::future::pending().await,
            };
            Some((told, number + 1))
        }
    })
}

/// What a stream tells.
pub(crate) enum Told {
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
