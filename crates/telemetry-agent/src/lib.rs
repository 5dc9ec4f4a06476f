#![doc = include_str!("../README.md")]

mod activity;
mod agent;
mod agent_entry;
mod agents;
mod asked;
mod board;
mod inner;
pub mod labels;
mod metrics;
#[cfg(feature = "mixin")]
pub mod mixin;
mod project;
mod project_state;
mod refused;
mod registry;
mod run;
mod run_core;
mod run_ledger;
mod run_start;
mod session;
mod session_entry;
mod settings;
mod shown;
mod since;
mod spending;
mod task;
mod task_cell;
mod telling;
mod tool_call;
mod turn;
mod work;

pub use agent::Agent;
pub use agents::Agents;
pub use metrics::CATALOGUE;
#[doc(hidden)]
pub use metrics::{
    AgentGauges, AgentMetrics, PlatformMetrics, ProjectGauges, ProjectMetrics, RejectionMetrics, RunGauges,
    SessionGauges, SessionMetrics, ToolMetrics,
};
pub use project::Project;
pub use refused::Refused;
pub use run::Run;
pub use run_start::RunStart;
pub use session::{Participant, Session};
pub use settings::AgentSettings;
pub use task::Task;
pub use task_cell::RestoredTask;
pub use tool_call::{ToolCall, ToolStart, ToolType};
pub use turn::Turn;
