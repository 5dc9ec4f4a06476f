//! An execution before its start: what it is of, and how long it may take.

use std::fmt;
use std::time::Duration;

use telemetry_core::clock::millis;
use telemetry_core::{Shared, conversation, operation_span};
use tracing::Span;
use tracing::field::Empty;

use super::guard::Execution;
use super::instruments::ExecutionInstruments;
use super::work::Work;
use crate::metrics::ExecutionKind;
use crate::semconv;

/// An execution about to start. [`start`](Self::start) starts it.
#[must_use = "an execution starts with `start`"]
pub struct ExecutionStart<'a> {
    origin: Origin<'a>,
    timeout: Option<Duration>,
}

/// Where an execution comes from.
enum Origin<'a> {
    Entry { executions: &'a Shared<ExecutionInstruments>, id: &'a str, target: Target<'a> },
    Preparation { preparation: Work, action: &'a str },
}

/// What is executed, with the second attribute of its span.
#[derive(Debug, Clone, Copy)]
pub(super) enum Target<'a> {
    Task { component: &'a str },
    Agent { action: &'a str },
    Workflow { exec_id: &'a str },
}

impl Target<'_> {
    fn kind(self) -> ExecutionKind {
        match self {
            Self::Task { .. } => ExecutionKind::Task,
            Self::Agent { .. } => ExecutionKind::Agent,
            Self::Workflow { .. } => ExecutionKind::Workflow,
        }
    }

    fn span(self, id: &str, timeout: Option<Duration>) -> Span {
        let timeout_ms = timeout.map(millis);
        match self {
            Self::Task { component } => {
                operation_span!(
                    "task.execute_sync",
                    task_id = id,
                    component,
                    timeout_ms,
                    error_type = Empty,
                    openinference.span.kind = semconv::CHAIN,
                    gen_ai.conversation.id = conversation::current().as_deref(),
                )
            }
            Self::Agent { action } => {
                operation_span!(
                    "agent.execute_sync",
                    agent_id = id,
                    action,
                    timeout_ms,
                    error_type = Empty,
                    gen_ai.operation.name = semconv::INVOKE_AGENT,
                    gen_ai.agent.name = id,
                    gen_ai.conversation.id = conversation::current().as_deref(),
                )
            }
            Self::Workflow { exec_id } => {
                operation_span!(
                    "workflow.execute_sync",
                    workflow_id = id,
                    exec_id,
                    timeout_ms,
                    error_type = Empty,
                    openinference.span.kind = semconv::CHAIN,
                    gen_ai.operation.name = semconv::INVOKE_WORKFLOW,
                    gen_ai.workflow.name = id,
                    gen_ai.conversation.id = conversation::current().as_deref(),
                )
            }
        }
    }
}

impl<'a> ExecutionStart<'a> {
    pub(super) fn new(executions: &'a Shared<ExecutionInstruments>, id: &'a str, target: Target<'a>) -> Self {
        Self { origin: Origin::Entry { executions, id, target }, timeout: None }
    }

    pub(super) fn prepared(preparation: Work, action: &'a str) -> Self {
        Self { origin: Origin::Preparation { preparation, action }, timeout: None }
    }

    /// How long the caller waits, for the span's `timeout_ms`. Whoever keeps to it ends the execution with
    /// [`timeout`](Execution::timeout).
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout: Some(timeout), ..self }
    }

    /// Starts the execution: its clock and its span.
    pub fn start(self) -> Execution {
        let timeout = self.timeout;
        Execution::new(match self.origin {
            Origin::Entry { executions, id, target } => {
                Work::start(executions.lease(), target.kind(), id, || target.span(id, timeout))
            }
            Origin::Preparation { preparation, action } => {
                preparation.operation().span().record("action", action).record("outcome", "success");
                preparation.go_on(|id| Target::Agent { action }.span(id, timeout))
            }
        })
    }
}

impl fmt::Debug for ExecutionStart<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("ExecutionStart");
        match &self.origin {
            Origin::Entry { id, target, .. } => shown.field("id", id).field("target", target),
            Origin::Preparation { preparation, action } => {
                shown.field("preparation", preparation).field("action", action)
            }
        };
        shown.field("timeout", &self.timeout).finish()
    }
}
