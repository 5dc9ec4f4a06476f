//! A run before its start: what is to be different for it.

use std::fmt;

use telemetry_core::{Operation, Shared, conversation, operation_span};
use tracing::field::Empty;

use super::instruments::ToolInstruments;
use super::run::ToolRun;
use crate::process::Limits;
use crate::semconv;

/// A run about to start. [`start`](Self::start) starts it.
#[derive(Clone, Copy)]
#[must_use = "a run starts with `start`"]
pub struct ToolStart<'a> {
    tools: &'a Shared<ToolInstruments>,
    tool_id: &'a str,
    permissions: &'a [&'a str],
    runtime_version: Option<&'a str>,
    limits: Limits,
    keep_terminal: bool,
}

impl<'a> ToolStart<'a> {
    pub(super) fn new(tools: &'a Shared<ToolInstruments>, tool_id: &'a str) -> Self {
        let settings = &tools.settings;
        let runtime_version = settings.runtime_version.as_deref();
        Self {
            tools,
            tool_id,
            permissions: &[],
            runtime_version,
            limits: settings.limits,
            keep_terminal: settings.keep_terminal,
        }
    }

    /// What the tool is allowed to do, for the span's `permissions`: one text, joined by commas.
    pub fn permissions(self, permissions: &'a [&'a str]) -> Self {
        Self { permissions, ..self }
    }

    /// The version of what runs this tool, for the span's `runtime_version`.
    pub fn runtime_version(self, version: &'a str) -> Self {
        Self { runtime_version: Some(version), ..self }
    }

    /// What the tool process may use, and how long its end may take.
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Whether the tool keeps the application's terminal, in place of the setting: for one that asks the user something.
    /// It is in a group of its own there, so that it stays in the background unless it takes the foreground itself.
    pub fn keep_terminal(self, keep: bool) -> Self {
        Self { keep_terminal: keep, ..self }
    }

    /// Starts the run: its clock and its span `runtime.execute_tool`.
    #[inline]
    pub fn start(self) -> ToolRun {
        let operation = Operation::start(|| {
            operation_span!(
                "runtime.execute_tool",
                tool_id = self.tool_id,
                timeout_ms = Empty,
                runtime_version = self.runtime_version,
                bun_version = self.runtime_version.filter(|_| self.tools.settings.bun_version),
                permissions = (!self.permissions.is_empty()).then(|| self.permissions.join(",")),
                exit_code = Empty,
                signal = Empty,
                output_bytes = Empty,
                error_kind = Empty,
                gen_ai.operation.name = semconv::EXECUTE_TOOL,
                gen_ai.tool.name = self.tool_id,
                gen_ai.conversation.id = conversation::current().as_deref(),
            )
        });
        ToolRun::new(self.tools.lease(), self.tool_id, self.limits, self.keep_terminal, operation)
    }
}

impl fmt::Debug for ToolStart<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToolStart")
            .field("tool_id", &self.tool_id)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
