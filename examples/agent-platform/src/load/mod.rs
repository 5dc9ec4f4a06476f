//! What drives the platform: callers, followers of streams, and faults that are the platform's own.

mod callers;
mod calls;
pub mod client;
mod crowd;
mod faults;
mod followers;
mod readers;

pub(crate) use callers::Callers;
pub(crate) use faults::{Faults, misbehave};
pub(crate) use followers::Followers;
