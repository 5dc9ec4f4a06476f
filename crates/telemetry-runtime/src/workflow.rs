//! Waits for workflows that are polled until they end.

use std::borrow::Cow;
use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use opentelemetry::KeyValue;
use telemetry_core::trace::ActiveSpan;
use telemetry_core::{Family, Label, Meter};
use tokio::time::{self, Instant};
use tracing::field::Empty;
use tracing_opentelemetry::OpenTelemetrySpanExt;

use crate::backoff::Backoff;
use crate::metrics::{PollOutcome, WorkflowMetrics};

/// Waiting for workflows, by the workflow's id.
///
/// ```
/// use std::time::Duration;
///
/// use telemetry_runtime::{Backoff, PollState, WaitError, Workflows};
///
/// # async fn state_of(exec_id: &str) -> Result<&'static str, std::io::Error> { Ok("COMPLETED") }
/// # async fn example() -> Result<(), WaitError<std::io::Error>> {
/// let state = Workflows::global()
///     .wait("nightly-report", Duration::from_secs(60))
///     .backoff(Backoff::default())
///     .poll(async || match state_of("exec-1").await {
///         Ok("RUNNING") => PollState::running("RUNNING"),
///         Ok(state) => PollState::Completed(state),
///         Err(error) => PollState::Failed(error),
///     })
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Workflows {
    metrics: Family<WorkflowMetrics>,
}

impl Workflows {
    /// Waits recorded by this meter.
    #[must_use]
    pub fn new(meter: &Meter) -> Self {
        Self { metrics: Family::new(meter) }
    }

    /// Waits recorded by the process's meter; nothing is recorded before it is installed.
    #[must_use]
    pub fn global() -> &'static Self {
        static GLOBAL: OnceLock<Workflows> = OnceLock::new();
        GLOBAL.get_or_init(|| Self::new(&Meter::global()))
    }

    /// Prepares to wait for a workflow, at most that long.
    pub fn wait<'a>(&'a self, workflow_id: &'a str, timeout: Duration) -> WorkflowWait<'a> {
        WorkflowWait { metrics: self.metrics.get(workflow_id), workflow_id, timeout, backoff: Backoff::default() }
    }
}

impl fmt::Debug for Workflows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workflows").finish_non_exhaustive()
    }
}

/// What one poll found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PollState<T, E> {
    /// Not done yet: the state, in a word of the workflow engine's (`RUNNING`).
    Running(Cow<'static, str>),
    /// Done, with this result.
    Completed(T),
    /// The workflow, or asking for its state, failed.
    Failed(E),
}

impl<T, E> PollState<T, E> {
    /// Not done yet.
    pub fn running(state: impl Into<Cow<'static, str>>) -> Self {
        Self::Running(state.into())
    }

    fn state(&self) -> &str {
        match self {
            Self::Running(state) => state,
            Self::Completed(_) => "completed",
            Self::Failed(_) => "failed",
        }
    }
}

/// Why waiting ended without a result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WaitError<E> {
    /// The time was over.
    #[error("the workflow was not done after {} ms and {polls} polls", .timeout.as_millis())]
    TimedOut {
        /// The time it was given.
        timeout: Duration,
        /// How often it was asked for its state.
        polls: u64,
    },
    /// The workflow, or asking for its state, failed.
    #[error("the workflow failed")]
    Failed(#[source] E),
}

/// A wait about to start. [`poll`](Self::poll) starts it.
#[must_use = "waiting starts with `poll`"]
pub struct WorkflowWait<'a> {
    metrics: &'a WorkflowMetrics,
    workflow_id: &'a str,
    timeout: Duration,
    backoff: Backoff,
}

impl WorkflowWait<'_> {
    /// The pauses between polls.
    pub fn backoff(self, backoff: Backoff) -> Self {
        Self { backoff, ..self }
    }

    /// Asks for the workflow's state until it is done, has failed, or the time is over, in a span
    /// `workflow.wait_completion` with a `poll_iteration` event for each poll.
    ///
    /// A poll still under way at the deadline is given up. All polls of one wait count under its outcome. A wait whose
    /// future is dropped has none of the outcomes that `workflow_sync_polls_total` knows: its polls count nowhere, its
    /// duration does.
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
        F: Future<Output = PollState<T, E>>,
    {
        let span = ActiveSpan::start(|| {
            tracing::info_span!(
                "workflow.wait_completion",
                workflow_id = self.workflow_id,
                timeout_ms = i64::try_from(self.timeout.as_millis()).unwrap_or(i64::MAX),
                total_iterations = Empty,
                outcome = Empty,
                error.r#type = Empty,
                otel.status_code = Empty,
            )
        });
        let mut wait = Wait { metrics: self.metrics, started: Instant::now(), span, polls: 0, outcome: None };
        let mut delays = self.backoff.delays();

        let waited = time::timeout(self.timeout, async {
            loop {
                wait.polls += 1;
                let found = wait.span.instrument(poll()).await;
                wait.polled(found.state());
                match found {
                    PollState::Running(_) => time::sleep(delays.next_delay()).await,
                    PollState::Completed(result) => return Ok(result),
                    PollState::Failed(error) => return Err(WaitError::Failed(error)),
                }
            }
        })
        .await;
        let result = waited.unwrap_or_else(|_| Err(WaitError::TimedOut { timeout: self.timeout, polls: wait.polls }));
        wait.outcome = Some(match &result {
            Ok(_) => PollOutcome::Completed,
            Err(WaitError::TimedOut { .. }) => PollOutcome::Timeout,
            Err(WaitError::Failed(_)) => PollOutcome::Error,
        });
        result
    }
}

/// A wait under way: recorded when it is dropped, whether it has come to an outcome or not.
struct Wait<'a> {
    metrics: &'a WorkflowMetrics,
    started: Instant,
    span: ActiveSpan,
    polls: u64,
    outcome: Option<PollOutcome>,
}

impl Wait<'_> {
    fn polled(&self, state: &str) {
        if self.span.is_sampled() {
            let attempt = i64::try_from(self.polls).unwrap_or(i64::MAX);
            let attributes = vec![KeyValue::new("attempt", attempt), KeyValue::new("state", state.to_owned())];
            self.span.span().add_event("poll_iteration", attributes);
        }
    }
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        self.metrics.duration.record(self.started.elapsed().as_secs_f64());
        self.span.record("total_iterations", self.polls);
        let Some(outcome) = self.outcome else {
            self.span.record("outcome", "cancelled");
            return;
        };
        self.metrics.polls.at(outcome).add(self.polls);
        self.span.record("outcome", outcome.as_str());
        if outcome != PollOutcome::Completed {
            self.span.record("error.type", outcome.as_str());
            self.span.record("otel.status_code", "ERROR");
        }
    }
}
