//! What is told while it happens, to whoever follows: events in memory, without a store.

use axum::BoxError;
use futures_util::{Stream, stream};
use serde_json::Value;
use telemetry_stream::Producer;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use super::event::event;

/// How many events somebody may be behind before the oldest are lost to them.
const BEHIND: usize = 256;

/// Where something is told; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Channel(broadcast::Sender<Option<Value>>);

impl Channel {
    pub(crate) fn open() -> Self {
        Self(broadcast::Sender::new(BEHIND))
    }

    /// Somebody who tells, and has told all when this is dropped.
    pub(crate) fn telling(&self) -> Telling {
        Telling(self.0.clone())
    }

    /// What is told from now on, until all is.
    pub(crate) fn follow(&self) -> impl Stream<Item = Result<Value, BoxError>> + Send + use<> {
        stream::unfold(self.0.subscribe(), async |mut told| {
            loop {
                match told.recv().await {
                    Ok(Some(event)) => return Some((Ok(event), told)),
                    Ok(None) | Err(RecvError::Closed) => return None,
                    Err(RecvError::Lagged(_)) => {}
                }
            }
        })
    }
}

/// Somebody who tells what happens.
#[derive(Debug)]
pub(crate) struct Telling(broadcast::Sender<Option<Value>>);

impl Telling {
    /// Tells of an event, which carries the span that is active here.
    pub(crate) fn say(&self, event_type: &str) {
        let event = event(event_type, "what was done", Producer::current().as_ref());
        // Nobody has to listen.
        let _heard = self.0.send(Some(event));
    }
}

impl Drop for Telling {
    fn drop(&mut self) {
        let _heard = self.0.send(None);
    }
}
