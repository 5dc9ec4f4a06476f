//! What drives the platform: callers, followers of streams, and faults that are the platform's own.

mod callers;
mod calls;
pub mod client;
mod crowd;
mod faults;
mod followers;
mod hanging;
mod readers;
mod resident;
mod stories;

pub(crate) use callers::Callers;
pub(crate) use faults::{Faults, misbehave};
pub(crate) use followers::Followers;
pub(crate) use hanging::hang;
pub(crate) use resident::stay;
