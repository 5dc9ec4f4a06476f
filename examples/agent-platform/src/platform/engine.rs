//! The workflow engine, which callers poll.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Runs workflows in its own time; callers ask for their state.
#[derive(Debug, Default)]
pub(super) struct Engine(Mutex<Executions>);

#[derive(Debug, Default)]
struct Executions {
    running: HashMap<u64, (Workflow, Instant)>,
    last: u64,
}

/// A workflow of the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Workflow {
    pub(crate) id: &'static str,
    takes: Duration,
    fails: bool,
}

/// The workflows: one that works, one that fails, one that nobody approves.
pub(crate) const WORKFLOWS: [Workflow; 3] = [
    Workflow { id: "nightly-report", takes: Duration::from_millis(350), fails: false },
    Workflow { id: "broken-import", takes: Duration::from_millis(120), fails: true },
    Workflow { id: "stuck-approval", takes: Duration::from_secs(86_400), fails: false },
];

/// The workflow of that name.
pub(super) fn find(id: &str) -> Option<Workflow> {
    WORKFLOWS.into_iter().find(|workflow| workflow.id == id)
}

/// How far a workflow has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Pending,
    Running,
    Completed,
    Failed,
}

impl Engine {
    /// Starts a workflow and returns the number of its execution.
    pub(super) fn start(&self, workflow: Workflow) -> u64 {
        let mut executions = self.lock();
        executions.last += 1;
        let number = executions.last;
        executions.running.insert(number, (workflow, Instant::now()));
        number
    }

    /// The state of an execution; one that nobody started has failed.
    pub(super) fn state(&self, number: u64) -> State {
        let Some((workflow, started)) = self.lock().running.get(&number).copied() else { return State::Failed };
        match started.elapsed() {
            elapsed if elapsed < workflow.takes.min(Duration::from_secs(1)) / 10 => State::Pending,
            elapsed if elapsed < workflow.takes => State::Running,
            _ if workflow.fails => State::Failed,
            _ => State::Completed,
        }
    }

    /// Forgets an execution that nobody asks for any more.
    pub(super) fn forget(&self, number: u64) {
        self.lock().running.remove(&number);
    }

    fn lock(&self) -> MutexGuard<'_, Executions> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
