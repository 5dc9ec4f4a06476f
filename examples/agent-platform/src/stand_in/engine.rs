//! A workflow engine whose workflows take the time they are meant to, and which notes how often it was asked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::check::{Ledger, waited};
use crate::platform::executions::{Engine, State};

/// A workflow that the engine knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Workflow {
    pub(crate) id: &'static str,
    takes: Duration,
    fails: bool,
}

/// Workflows that work.
pub(crate) const GOOD_WORKFLOWS: [Workflow; 1] =
    [Workflow { id: "nightly-report", takes: Duration::from_millis(350), fails: false }];

/// One that fails, and one that nobody approves.
pub(crate) const BAD_WORKFLOWS: [Workflow; 2] = [
    Workflow { id: "broken-import", takes: Duration::from_millis(120), fails: true },
    Workflow { id: "stuck-approval", takes: Duration::from_secs(86_400), fails: false },
];

/// The engine, with what it notes in the ledger.
#[derive(Debug)]
pub(crate) struct StandInEngine {
    ledger: Arc<Ledger>,
    started: Mutex<Started>,
}

#[derive(Debug, Default)]
struct Started {
    running: HashMap<u64, Running>,
    last: u64,
}

#[derive(Debug)]
struct Running {
    workflow: Workflow,
    since: Instant,
    /// How often it was asked for.
    polls: u64,
    /// What was said the last time.
    said: State,
}

impl StandInEngine {
    pub(crate) fn new(ledger: Arc<Ledger>) -> Self {
        Self { ledger, started: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Started> {
        self.started.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine for StandInEngine {
    fn start(&self, workflow_id: &str) -> Option<u64> {
        let mut known = GOOD_WORKFLOWS.into_iter().chain(BAD_WORKFLOWS);
        let workflow = known.find(|workflow| workflow.id == workflow_id)?;
        let mut started = self.lock();
        started.last += 1;
        let number = started.last;
        started.running.insert(number, Running { workflow, since: Instant::now(), polls: 0, said: State::Pending });
        Some(number)
    }

    fn state(&self, execution: u64) -> State {
        let mut started = self.lock();
        let Some(running) = started.running.get_mut(&execution) else { return State::Failed };
        let takes = running.workflow.takes;
        running.polls += 1;
        running.said = match running.since.elapsed() {
            elapsed if elapsed < takes.min(Duration::from_secs(1)) / 10 => State::Pending,
            elapsed if elapsed < takes => State::Running,
            _ if running.workflow.fails => State::Failed,
            _ => State::Completed,
        };
        running.said
    }

    fn forget(&self, execution: u64) {
        let Some(running) = self.lock().running.remove(&execution) else { return };
        let outcome = match running.said {
            State::Completed => "completed",
            State::Failed => "error",
            State::Pending | State::Running => "timeout",
        };
        waited(&self.ledger, running.workflow.id, outcome, running.polls);
    }
}
