//! What operators see of agents, tasks, approvals and sessions.

mod alerts;
mod boards;
mod domain;
mod names;
mod objectives;
mod promises;

pub use domain::{domain, mixin};
