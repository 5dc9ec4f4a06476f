//! Where lines go: queues that never block, and the threads that empty them.

mod active;
mod files;
mod keeper;
mod lock;
mod names;
mod notice;
mod queue;
mod sinks;
mod stream;

pub(crate) use files::{FileSettings, Files};
pub(crate) use keeper::Keep;
pub(crate) use notice::Notices;
pub(crate) use sinks::{Sink, Sinks};
pub(crate) use stream::{SharedStream, Stream};
