//! The platform's event streams: what they need of a store of events, and their endpoints.

mod attendance;
mod channel;
mod event;
mod event_store;
mod routes;
mod streaming;

pub(crate) use channel::{Channel, Telling};
pub(crate) use event::event;
pub(crate) use event_store::{EventStore, Followed};
pub(crate) use streaming::Streaming;
