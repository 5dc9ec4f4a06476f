//! What stands in for the platform's surroundings: providers, tools, servers, engines and stores that fail on purpose.

mod answers;
mod course;
mod engine;
mod event_log;
mod github;
mod listener;
mod locked_store;
pub(crate) mod mcp_tools;
mod models;
mod noted_tasks;
mod provider;
mod scenario;
mod scratch;
mod script;
mod switchboard;
mod tickets;
pub(crate) mod tool_process;
mod tools;

pub(crate) use course::Course;
pub(crate) use engine::{BAD_WORKFLOWS, GOOD_WORKFLOWS, StandInEngine, Workflow};
pub(crate) use event_log::EventLog;
pub(crate) use github::github_routes;
pub(crate) use listener::listen;
pub(crate) use locked_store::LockedStore;
pub(crate) use models::{ANSWERED, Ask, TROUBLED, deployments};
pub(crate) use noted_tasks::NotedTasks;
pub(crate) use provider::provider_routes;
pub(crate) use scenario::{BAD_STREAMS, ENDLESS, End, GOOD_STREAMS, Scenario};
pub(crate) use scratch::Scratch;
pub(crate) use script::script_word;
pub(crate) use switchboard::{Fault, Switchboard, Switched};
pub(crate) use tickets::{BAD_TICKETS, GOOD_TICKETS, Life, PROJECT, RESIDENT, SESSIONS, Ticket, projects};
pub(crate) use tools::{
    BAD_AGENTS, BAD_TOOLS, DEAF_TOOL, GOOD_AGENTS, GOOD_TOOLS, HANGING_TOOL, SLOW_TOOL, agents, tools,
};
