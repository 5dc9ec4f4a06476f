//! What operators see of agents, tasks, approvals and sessions.

mod alerts;
mod boards;
mod domain;
mod names;
mod objectives;

pub use domain::{domain, mixin};
