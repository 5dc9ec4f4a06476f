//! What operators see of LLM providers and of what is spent on them.

mod alerts;
mod budgets;
mod dashboards;
mod domain;
mod names;
mod objectives;

pub use domain::{domain, mixin};
