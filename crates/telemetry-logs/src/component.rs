//! Child loggers: spans whose lines have a component and an id.
//!
//! A child logger is a span. What is logged within it, also by spans within it and by tasks that are instrumented with it,
//! has its component and its id; more is said by the fields of a span of one's own (`request_id`, `user_id`, `session_id`,
//! `project_id`, `agent_id`, `task_id`, `worktree_id`, `component`).
//!
//! ```
//! use telemetry_logs::component;
//!
//! let agent = component::agent("agent-7");
//! agent.in_scope(|| tracing::info!(task_id = "task-3", "Agent started"));
//! ```
//!
//! No span of a trace is made of them: they are there for lines alone.

use telemetry_core::trace::LOGS_ONLY;
use tracing::Span;

/// Of the HTTP interface, of one request where that is known.
#[must_use]
pub fn api(request_id: Option<&str>) -> Span {
    tracing::info_span!(target: LOGS_ONLY, "api", component = "api", request_id)
}

/// Of an agent.
#[must_use]
pub fn agent(agent_id: &str) -> Span {
    tracing::info_span!(target: LOGS_ONLY, "agent", component = "agent", agent_id)
}

/// Of git worktrees, of one of them where that is known.
#[must_use]
pub fn worktree(worktree_id: Option<&str>) -> Span {
    tracing::info_span!(target: LOGS_ONLY, "worktree", component = "worktree", worktree_id)
}

/// Of sessions, of one of them where that is known.
#[must_use]
pub fn session(session_id: Option<&str>) -> Span {
    tracing::info_span!(target: LOGS_ONLY, "session", component = "session", session_id)
}

/// Of the database.
#[must_use]
pub fn database() -> Span {
    tracing::info_span!(target: LOGS_ONLY, "database", component = "database")
}

/// Of streams of events, of those of one session where that is known.
#[must_use]
pub fn stream(session_id: Option<&str>) -> Span {
    tracing::info_span!(target: LOGS_ONLY, "stream", component = "stream", session_id)
}

/// Of the GitHub interface.
#[must_use]
pub fn github() -> Span {
    tracing::info_span!(target: LOGS_ONLY, "github", component = "github")
}

/// Of the scheduler.
#[must_use]
pub fn scheduler() -> Span {
    tracing::info_span!(target: LOGS_ONLY, "scheduler", component = "scheduler")
}
