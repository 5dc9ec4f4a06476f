//! What stands in for the platform's surroundings: providers, tools, servers, engines and stores that fail on purpose.

mod answers;
mod course;
mod engine;
mod event_log;
mod github;
mod listener;
mod locked_once;
pub(crate) mod mcp_tools;
mod models;
mod provider;
mod scenario;
pub(crate) mod tool_process;
mod tools;

pub(crate) use course::Course;
pub(crate) use engine::{StandInEngine, WORKFLOWS};
pub(crate) use event_log::EventLog;
pub(crate) use github::rate_limit_routes;
pub(crate) use listener::listen;
pub(crate) use locked_once::LockedOnce;
pub(crate) use models::{ANSWERED, Ask, TROUBLED, deployments};
pub(crate) use provider::provider_routes;
pub(crate) use scenario::{BAD_STREAMS, ENDLESS, End, GOOD_STREAMS, Scenario};
pub(crate) use tools::{BAD_TOOLS, DEAF_TOOL, GOOD_TOOLS, SLOW_TOOL, agents, tools};
