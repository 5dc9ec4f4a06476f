//! What the platform asks of a workflow engine, such as Conductor or Temporal: an adapter to one goes here.

use std::error::Error;
use std::fmt;

/// Runs workflows in its own time; callers ask for their state.
pub(crate) trait Engine: Send + Sync {
    /// Starts a workflow and returns the number of its execution; `None` when there is no such workflow.
    fn start(&self, workflow_id: &str) -> Option<u64>;

    /// The state of an execution; one that nobody started has failed.
    fn state(&self, execution: u64) -> State;

    /// Forgets an execution that nobody asks for any more.
    fn forget(&self, execution: u64);
}

/// How far a workflow has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// It has not begun.
    Pending,
    /// It is under way.
    Running,
    /// It has come to its end.
    Completed,
    /// It never will.
    Failed,
}

/// A workflow that failed, in the engine's words.
#[derive(Debug)]
pub(crate) struct EngineError {
    pub(crate) execution: u64,
}

impl fmt::Display for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "execution {} of the workflow has failed", self.execution)
    }
}

impl Error for EngineError {}
