//! What drives the platform from outside, as its callers do.

mod callers;
pub mod client;
mod crowd;

pub(crate) use callers::Load;
pub(crate) use crowd::Crowd;
