//! Tasks, agents and workflows: what runs them, and their endpoints.

mod agent;
mod engine;
mod executor;
mod routes;
mod toolbox;

pub(crate) use agent::Agent;
pub(crate) use engine::{Engine, State};
pub(crate) use executor::Executor;
pub(crate) use routes::router;
pub(crate) use toolbox::{Tool, Toolbox};
