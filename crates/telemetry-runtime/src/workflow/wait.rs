//! The guard of one wait: it polls, and records how that ended.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use telemetry_core::clock::millis;
use telemetry_core::trace::SPANS_ONLY;
use telemetry_core::{Dropped, End, Label, Operation, conversation, end_event, operation_span};
use tokio::time;
use tracing::field::Empty;

use super::instruments::Workflow;
use super::poll::{PollState, WaitError};
use crate::metrics::PollOutcome;
use crate::semconv;
use telemetry_core::Backoff;

/// A wait about to start. [`poll`](Self::poll) starts it. It is owned, and goes into a spawned task.
#[must_use = "waiting starts with `poll`"]
pub struct WorkflowWait {
    workflow: Workflow,
    timeout: Duration,
    backoff: Backoff,
}

impl WorkflowWait {
    pub(super) fn new(workflow: Workflow, timeout: Duration, backoff: Backoff) -> Self {
        Self { workflow, timeout, backoff }
    }

    /// The pauses between polls, in place of those of the settings.
    pub fn backoff(self, backoff: Backoff) -> Self {
        Self { backoff, ..self }
    }

    /// Asks for the workflow's state until it is done, has failed, or the time is over, in a span
    /// `workflow.wait_completion` with a `poll_iteration` event for each poll.
    ///
    /// What the error of a failed poll says, with its causes and without secrets, shows on the span and in the log record.
    /// A poll still under way at the deadline is given up. All polls of one wait count under its outcome. A wait whose
    /// future is dropped, or in which a poll panics, has none of the outcomes that `workflow_sync_polls_total` knows: its
    /// polls count nowhere, its duration does.
    ///
    /// # Errors
    ///
    /// [`WaitError::TimedOut`] at the deadline, [`WaitError::Failed`] when a poll returned [`PollState::Failed`].
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime with time enabled.
    pub async fn poll<T, E, F>(self, mut poll: impl FnMut() -> F) -> Result<T, WaitError<E>>
    where
        E: Error,
        F: Future<Output = PollState<T, E>>,
    {
        let Self { workflow, timeout, backoff } = self;
        let mut wait = Wait::start(workflow, timeout);
        let mut delays = backoff.delays();

        let waited = time::timeout(timeout, async {
            loop {
                wait.polls += 1;
                let found = wait.operation.instrument(wait.operation.in_scope(&mut poll)).await;
                wait.polled(found.state());
                match found {
                    PollState::Running(_) => time::sleep(delays.next_delay()).await,
                    PollState::Completed(result) => return Ok(result),
                    PollState::Failed(error) => return Err(WaitError::Failed(error)),
                }
            }
        })
        .await;
        let result = waited.unwrap_or_else(|_| Err(WaitError::TimedOut { timeout, polls: wait.polls }));
        match &result {
            Ok(_) => wait.come_to(PollOutcome::Completed, None),
            Err(error @ WaitError::TimedOut { .. }) => wait.come_to(PollOutcome::Timeout, Some(&error.to_string())),
            Err(WaitError::Failed(error)) => {
                let why = wait.operation.error_message(error);
                wait.come_to(PollOutcome::Error, why.as_deref());
            }
        }
        result
    }
}

impl fmt::Debug for WorkflowWait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkflowWait")
            .field("workflow_id", &self.workflow.id())
            .field("timeout", &self.timeout)
            .field("backoff", &self.backoff)
            .finish()
    }
}

/// A wait under way.
struct Wait {
    workflow: Workflow,
    operation: Operation,
    polls: u64,
}

/// The outcome of a wait that came to none.
const CANCELLED: &str = "cancelled";

impl Wait {
    fn start(workflow: Workflow, timeout: Duration) -> Self {
        let operation = Operation::start(|| {
            operation_span!(
                "workflow.wait_completion",
                workflow_id = workflow.id(),
                timeout_ms = millis(timeout),
                total_iterations = Empty,
                openinference.span.kind = semconv::CHAIN,
                gen_ai.workflow.name = workflow.id(),
                gen_ai.conversation.id = conversation::current().as_deref(),
            )
        });
        Self { workflow, operation, polls: 0 }
    }

    fn polled(&self, state: &str) {
        if self.operation.span().is_sampled() {
            let attempt = i64::try_from(self.polls).unwrap_or(i64::MAX);
            self.operation.in_scope(|| tracing::info!(target: SPANS_ONLY, attempt, state, "poll_iteration"));
        }
    }

    fn come_to(mut self, outcome: PollOutcome, why: Option<&str>) {
        let end = match outcome {
            PollOutcome::Completed => End::success(outcome.as_str()),
            PollOutcome::Timeout | PollOutcome::Error => End::failure(outcome.as_str(), outcome.as_str()),
        };
        self.end(Some(outcome), why.map_or(end, |why| end.describing(why)));
    }

    fn end(&mut self, outcome: Option<PollOutcome>, end: End<'_>) {
        let Some(elapsed) = self.operation.end(&end) else { return };
        let metrics = self.workflow.metrics();
        metrics.duration.record(elapsed.as_secs_f64());
        if let Some(outcome) = outcome {
            metrics.polls.at(outcome).add(self.polls);
        }
        self.operation.span().record("total_iterations", self.polls);
        let (workflow_id, polls) = (self.workflow.id(), i64::try_from(self.polls).unwrap_or(i64::MAX));
        end_event!(self.operation, end, elapsed, { workflow_id, polls }, "workflow wait ended", "workflow wait failed");
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        match self.operation.dropped() {
            Some(Dropped::Panicked) => self.end(None, End::panicked(CANCELLED)),
            Some(Dropped::Cancelled) => self.end(None, End::cancelled(CANCELLED)),
            None => {}
        }
    }
}
