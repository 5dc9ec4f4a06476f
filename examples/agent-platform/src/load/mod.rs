//! What drives the platform from outside, as its callers do.

mod callers;
pub mod client;

pub(crate) use callers::Load;
