//! The guard of one run of a tool.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use serde::de::DeserializeOwned;
use telemetry_core::clock::millis;
use telemetry_core::trace::ActiveSpan;
use telemetry_core::{Dropped, End, EntityRef, Label, Lease, Operation, end_event};
use tokio::process::Command;

use super::instruments::ToolInstruments;
use crate::metrics::{ErrorKind, Outcome, ToolMetrics};
use crate::output::ToolOutput;
use crate::process::{Care, Ended, Exit, Failure, Input, Limits, ToolError, drive};

/// One run of a tool: a guard that records how it ends. It is owned, and goes into a spawned task.
///
/// Either [`execute`](Self::execute) runs a process and does the rest, or the application runs the tool by its own means
/// and ends the guard with [`succeed`](Self::succeed), [`fail`](Self::fail), [`fail_as`](Self::fail_as),
/// [`timeout`](Self::timeout) or [`cancel`](Self::cancel). A guard that is dropped before that records
///
/// - the outcome `cancelled` and no error, when a cancelled future or an early return left it behind;
/// - an error of the kind `execution`, with the `error.type` `panic`, when the application's code panicked.
#[must_use = "dropped at once, the run counts as cancelled"]
pub struct ToolRun {
    tools: Lease<ToolInstruments>,
    tool: EntityRef<ToolMetrics>,
    limits: Limits,
    keep_terminal: bool,
    operation: Operation,
    /// What the error says by which it fails.
    why: Option<String>,
    exit: Option<Exit>,
    output_bytes: Option<u64>,
    /// Whether a process is the tool, which no panic here is a failure of.
    is_process: bool,
}

impl ToolRun {
    pub(super) fn new(
        tools: Lease<ToolInstruments>,
        tool_id: &str,
        limits: Limits,
        keep_terminal: bool,
        operation: Operation,
    ) -> Self {
        let tool = tools.tools.entity(tool_id);
        let (why, exit, output_bytes) = (None, None, None);
        Self { tools, tool, limits, keep_terminal, operation, why, exit, output_bytes, is_process: false }
    }

    /// The run's span.
    #[must_use]
    pub fn span(&self) -> &ActiveSpan {
        self.operation.span()
    }

    /// Runs the tool, a future of this process, within the run's span.
    pub fn instrument<F: Future>(&self, tool: F) -> impl Future<Output = F::Output> + use<F> {
        self.operation.instrument(tool)
    }

    /// Runs the tool, a function of this process, within the run's span.
    pub fn in_scope<T>(&self, tool: impl FnOnce() -> T) -> T {
        self.operation.in_scope(tool)
    }

    /// Runs a process as the tool, in a process group of its own.
    ///
    /// The input is written while both outputs are read, within the [`Limits`]. At the timeout the group gets SIGTERM
    /// and, after the grace period, SIGKILL; at an output limit, and when the future is dropped, it is killed at once. So
    /// is the tool itself where it left its group, and on Linux whatever it has below it, in whatever group or session:
    /// only a process whose parent ended before, as a daemon's does, escapes that, and is not waited for. When the tool
    /// has ended by itself, what it left in its group is killed. Should this process die meanwhile, the watchdog ends the
    /// group. The command's stdin, stdout, stderr and process group are overridden.
    ///
    /// Where this process has a terminal, the tool is in a session of its own that has none, unless the setting
    /// `tool.keep_terminal` or the [run](super::ToolStart::keep_terminal) says otherwise. An executable that is busy,
    /// because it was just written, is tried again for 200 ms.
    ///
    /// # Errors
    ///
    /// [`ToolError`], whose [`kind`](ToolError::kind) is the one counted:
    ///
    /// | kind | when |
    /// |---|---|
    /// | `start` | there was no process |
    /// | `stdin` | it exited with a failure and without having taken its input |
    /// | `stdout` | reading it failed, or it passed the limit |
    /// | `stderr` | reading it failed, or it passed the limit |
    /// | `wait` | it exited with another code than 0 or by a signal, or could not be waited for |
    /// | `timeout` | it ran longer than `timeout` |
    ///
    /// A tool that exits with 0 without having read its input is a success.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime with I/O and time enabled.
    pub async fn execute(
        self,
        command: Command,
        input: impl Into<Input>,
        timeout: Duration,
    ) -> Result<ToolOutput, ToolError> {
        let (output, ()) = self.complete(command, input.into(), timeout, |_| Ok(())).await?;
        Ok(output)
    }

    /// [`execute`](Self::execute), and reads the output as JSON.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use telemetry_runtime::Tools;
    /// # use tokio::process::Command;
    /// # async fn example() -> Result<(), telemetry_runtime::ToolError> {
    /// let run = Tools::global().start("list-issues");
    /// let issues: serde_json::Value =
    ///     run.execute_json(Command::new("list-issues"), r#"{"state":"open"}"#, Duration::from_secs(10)).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`execute`](Self::execute), and with the kind `parse` when stdout is no JSON of that type.
    pub async fn execute_json<T: DeserializeOwned>(
        self,
        command: Command,
        input: impl Into<Input>,
        timeout: Duration,
    ) -> Result<T, ToolError> {
        let parse = |stdout: &[u8]| {
            // Some tools write a byte order mark first, which JSON does not have.
            let json = stdout.strip_prefix(b"\xef\xbb\xbf").unwrap_or(stdout);
            serde_json::from_slice(json).map_err(|error| Failure::parse(&error))
        };
        let (_, value) = self.complete(command, input.into(), timeout, parse).await?;
        Ok(value)
    }

    async fn complete<T>(
        mut self,
        command: Command,
        input: Input,
        timeout: Duration,
        read: impl FnOnce(&[u8]) -> Result<T, Failure>,
    ) -> Result<(ToolOutput, T), ToolError> {
        self.span().record("timeout_ms", millis(timeout));
        self.is_process = true;
        let settings = &self.tools.settings;
        let care = Care {
            limits: self.limits,
            keep_terminal: self.keep_terminal,
            watchdog: settings.watchdog.then_some(settings.watchdog_shell.as_path()),
            reap_orphans: settings.reap_orphans,
        };
        let driven = self.operation.instrument(drive(command, input, timeout, &care));
        let Ended { result, exit, stdout, stderr } = driven.await;
        self.exit = exit;
        self.output_bytes = exit.is_some().then_some(stdout.total);

        match result.and_then(|()| read(&stdout.kept)) {
            Ok(value) => {
                self.succeed();
                Ok((ToolOutput::new(stdout, stderr), value))
            }
            Err(failure) => {
                self.because(&failure).fail(failure.kind());
                Err(ToolError::new(failure, exit, stderr.into_bytes()))
            }
        }
    }

    /// Notes how the process of a tool ended that the application ran by itself.
    pub fn exited(&mut self, exit: Exit) {
        self.exit = Some(exit);
    }

    /// Notes the size in bytes of what a tool wrote that the application ran by itself.
    pub fn wrote(&mut self, bytes: u64) {
        self.output_bytes = Some(bytes);
    }

    /// Notes the error by which the run fails: what it says, with its causes and without secrets, shows on the span and in
    /// the log record. A panic and an end that is no failure leave it out.
    ///
    /// ```
    /// use telemetry_runtime::Tools;
    ///
    /// # fn search() -> Result<(), std::io::Error> { Err(std::io::Error::other("the index is gone")) }
    /// let run = Tools::global().start("search");
    /// match run.in_scope(search) {
    ///     Ok(()) => run.succeed(),
    ///     Err(error) => run.because(&error).fail_as("io"),
    /// }
    /// ```
    pub fn because(mut self, error: &dyn Error) -> Self {
        self.why = self.operation.error_message(error);
        self
    }

    /// Ends the run as a success.
    pub fn succeed(mut self) {
        self.end(Outcome::Success, None, End::success(Outcome::Success.as_str()));
    }

    /// Ends the run as failed at that point; [`ErrorKind::Timeout`] is [`timeout`](Self::timeout).
    pub fn fail(mut self, kind: ErrorKind) {
        let outcome = if kind == ErrorKind::Timeout { Outcome::Timeout } else { Outcome::Error };
        self.end_failed(outcome, kind, kind.as_str());
    }

    /// Ends the run of a tool in this process as failed: the kind is `execution`, and the span's `error.type` is this
    /// class of errors (`quota`, `not_found`), one of few and without content.
    pub fn fail_as(mut self, error_type: &str) {
        self.end_failed(Outcome::Error, ErrorKind::Execution, error_type);
    }

    /// Ends the run as stopped at its time limit, which counts as a timeout and as an error of the kind `timeout`.
    pub fn timeout(self) {
        self.fail(ErrorKind::Timeout);
    }

    /// Ends the run as given up by whoever asked for it, as dropping does: no error is counted.
    pub fn cancel(mut self) {
        self.end(Outcome::Cancelled, None, End::cancelled(Outcome::Cancelled.as_str()));
    }

    fn end_failed(&mut self, outcome: Outcome, kind: ErrorKind, error_type: &str) {
        let (end, why) = (End::failure(outcome.as_str(), error_type), self.why.take());
        self.end(outcome, Some(kind), why.as_deref().map_or(end, |why| end.describing(why)));
    }

    fn end(&mut self, outcome: Outcome, kind: Option<ErrorKind>, end: End<'_>) {
        let Some(elapsed) = self.operation.end(&end) else { return };
        let metrics = self.tools.tools.at(self.tool.id());
        metrics.execute.at(outcome).record(elapsed.as_secs_f64());
        if let Some(kind) = kind {
            metrics.errors.at(kind).add(1);
        }
        if outcome == Outcome::Timeout {
            metrics.timeouts.add(1);
        }
        if let Some(bytes) = self.output_bytes {
            // Exact up to 8 PiB.
            metrics.output.record(bytes as f64);
        }
        if let Some(exit) = self.exit {
            self.tools.count(exit);
        }
        let error_kind = kind.map(Label::as_str);
        let exit_code = self.exit.and_then(Exit::code).map(i64::from);
        let signal = self.exit.and_then(Exit::signal);
        self.span()
            .record("error_kind", error_kind)
            .record("exit_code", exit_code)
            .record("signal", signal)
            .record("output_bytes", self.output_bytes);
        let fields = (self.tool.label(&self.tools.tools, 0), error_kind, exit_code, signal);
        let (tool_id, error_kind, exit_code, signal) = fields;
        end_event!(self.operation, end, elapsed, { tool_id, error_kind, exit_code, signal }, "tool ended", "tool failed");
    }
}

impl Drop for ToolRun {
    fn drop(&mut self) {
        match self.operation.dropped() {
            Some(Dropped::Panicked) if !self.is_process => {
                self.end(Outcome::Error, Some(ErrorKind::Execution), End::panicked(Outcome::Error.as_str()));
            }
            Some(Dropped::Panicked) => {
                self.end(Outcome::Cancelled, None, End::panicked(Outcome::Cancelled.as_str()));
            }
            Some(Dropped::Cancelled) => {
                self.end(Outcome::Cancelled, None, End::cancelled(Outcome::Cancelled.as_str()));
            }
            None => {}
        }
    }
}

impl fmt::Debug for ToolRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tool_id = self.tool.label(&self.tools.tools, 0);
        f.debug_struct("ToolRun").field("tool_id", &tool_id).field("operation", &self.operation).finish_non_exhaustive()
    }
}
