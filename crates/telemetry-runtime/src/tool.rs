//! The runs of tools: the entry, the guard of one run, and its settings.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use opentelemetry::{Array, StringValue, Value};
use serde::de::DeserializeOwned;
use telemetry_core::trace::ActiveSpan;
use telemetry_core::{Family, Label, Meter};
use tokio::process::Command;
use tracing::field::Empty;

use crate::digits::Digits;
use crate::metrics::{ErrorKind, ExitStatus, Outcome, ProcessExitMetrics, ProcessExitMetricsKey, ToolMetrics};
use crate::output::ToolOutput;
use crate::process::{Ended, Exit, Failure, Input, Limits, ToolError, drive};

/// The runs of tools, by the tool's id.
///
/// ```
/// use std::time::Duration;
///
/// use telemetry_runtime::Tools;
/// use tokio::process::Command;
///
/// # async fn example() -> Result<(), telemetry_runtime::ToolError> {
/// let mut command = Command::new("git");
/// command.args(["diff", "--stat"]);
/// let output = Tools::global().start("git-diff").execute(command, (), Duration::from_secs(10)).await?;
/// assert!(!output.is_truncated());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Tools {
    metrics: Family<ToolMetrics>,
    exits: Family<ProcessExitMetrics>,
    settings: ToolSettings,
}

/// What holds for all runs unless a run says otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ToolSettings {
    /// What a tool process may use, and how long its end may take.
    pub limits: Limits,
    /// The version of what runs the tools, on spans as `runtime_version`; none unless set.
    pub runtime_version: Option<String>,
    /// Whether spans carry the version as `bun_version` too, for queries written against that name; not unless set.
    pub bun_version: bool,
}

impl Tools {
    /// Runs recorded by this meter, with the default settings.
    #[must_use]
    pub fn new(meter: &Meter) -> Self {
        Self::with_settings(meter, ToolSettings::default())
    }

    /// Runs recorded by this meter.
    #[must_use]
    pub fn with_settings(meter: &Meter, settings: ToolSettings) -> Self {
        Self { metrics: Family::new(meter), exits: Family::new(meter), settings }
    }

    /// Runs recorded by the process's meter, with the default settings; nothing is recorded before it is installed.
    #[must_use]
    pub fn global() -> &'static Self {
        static GLOBAL: OnceLock<Tools> = OnceLock::new();
        GLOBAL.get_or_init(|| Self::new(&Meter::global()))
    }

    /// Starts a run of a tool with the settings as they are.
    pub fn start<'a>(&'a self, tool_id: &'a str) -> ToolRun<'a> {
        self.run(tool_id).start()
    }

    /// Prepares a run of a tool whose options differ from the settings.
    pub fn run<'a>(&'a self, tool_id: &'a str) -> ToolStart<'a> {
        ToolStart {
            tools: self,
            tool_id,
            permissions: &[],
            runtime_version: self.settings.runtime_version.as_deref(),
            limits: self.settings.limits,
        }
    }
}

impl std::fmt::Debug for Tools {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tools").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// A run about to start. [`start`](Self::start) starts it.
#[derive(Debug, Clone, Copy)]
#[must_use = "a run starts with `start`"]
pub struct ToolStart<'a> {
    tools: &'a Tools,
    tool_id: &'a str,
    permissions: &'a [&'a str],
    runtime_version: Option<&'a str>,
    limits: Limits,
}

impl<'a> ToolStart<'a> {
    /// What the tool is allowed to do, for the span's `permissions`.
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

    /// Starts the run: its clock and its span `runtime.execute_tool`.
    pub fn start(self) -> ToolRun<'a> {
        let started = Instant::now();
        let bun_version = self.runtime_version.filter(|_| self.tools.settings.bun_version);
        let span = ActiveSpan::start(|| {
            tracing::info_span!(
                "runtime.execute_tool",
                tool_id = self.tool_id,
                timeout_ms = Empty,
                runtime_version = self.runtime_version,
                bun_version,
                exit_code = Empty,
                signal = Empty,
                output_bytes = Empty,
                outcome = Empty,
                error_kind = Empty,
                error.r#type = Empty,
                otel.status_code = Empty,
            )
        });
        if span.is_sampled() && !self.permissions.is_empty() {
            // A list, which a field of tracing cannot be.
            let list = self.permissions.iter().map(|&permission| StringValue::from(permission.to_owned()));
            span.set_attribute("permissions", Value::Array(Array::String(list.collect())));
        }
        ToolRun {
            metrics: self.tools.metrics.get(self.tool_id),
            tools: self.tools,
            tool_id: self.tool_id,
            limits: self.limits,
            started,
            span,
            exit: None,
            output_bytes: None,
            finished: false,
        }
    }
}

/// One run of a tool: a guard that records how it ends.
///
/// Either [`execute`](Self::execute) runs a process and does the rest, or the application runs the tool by its own means
/// and ends the guard with [`succeed`](Self::succeed), [`fail`](Self::fail) or [`timeout`](Self::timeout). A guard that
/// is dropped before that, by a cancelled future or an early return, records the outcome `cancelled` and no error.
#[must_use = "dropped at once, the run counts as cancelled"]
pub struct ToolRun<'a> {
    tools: &'a Tools,
    metrics: &'a ToolMetrics,
    tool_id: &'a str,
    limits: Limits,
    started: Instant,
    span: ActiveSpan,
    exit: Option<Exit>,
    output_bytes: Option<u64>,
    finished: bool,
}

impl ToolRun<'_> {
    /// The run's span.
    #[must_use]
    pub fn span(&self) -> &ActiveSpan {
        &self.span
    }

    /// Runs a process as the tool, in a process group of its own.
    ///
    /// The input is written while both outputs are read, within the [`Limits`]. At the timeout the group gets SIGTERM
    /// and, after the grace period, SIGKILL. When the tool has ended, or the future is dropped, whatever it left in its
    /// group is killed; a process that made a group of its own escapes that, but is not waited for. The command's
    /// stdin, stdout, stderr and process group are overridden.
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
        let parse = |stdout: &[u8]| serde_json::from_slice(stdout).map_err(|error| Failure::parse(&error));
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
        self.span.record("timeout_ms", u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX));
        let Ended { result, exit, stdout, stderr } =
            self.span.instrument(drive(command, input, timeout, &self.limits)).await;
        self.exit = exit;
        self.output_bytes = exit.is_some().then_some(stdout.total);

        match result.and_then(|()| read(&stdout.kept)) {
            Ok(value) => {
                self.succeed();
                Ok((ToolOutput::new(stdout, stderr), value))
            }
            Err(failure) => {
                self.fail(failure.kind());
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

    /// Ends the run as a success.
    pub fn succeed(mut self) {
        self.finish(Outcome::Success, None);
    }

    /// Ends the run as failed at that point; [`ErrorKind::Timeout`] is [`timeout`](Self::timeout).
    pub fn fail(mut self, kind: ErrorKind) {
        let outcome = if kind == ErrorKind::Timeout { Outcome::Timeout } else { Outcome::Error };
        self.finish(outcome, Some(kind));
    }

    /// Ends the run as stopped at its time limit, which counts as a timeout and as an error of the kind `timeout`.
    pub fn timeout(self) {
        self.fail(ErrorKind::Timeout);
    }

    fn finish(&mut self, outcome: Outcome, error: Option<ErrorKind>) {
        self.finished = true;
        let elapsed = self.started.elapsed();
        self.metrics.execute.at(outcome).record(elapsed.as_secs_f64());
        if let Some(kind) = error {
            self.metrics.errors.at(kind).add(1);
        }
        if outcome == Outcome::Timeout {
            self.metrics.timeouts.add(1);
        }
        if let Some(bytes) = self.output_bytes {
            // Exact up to 8 PiB.
            self.metrics.output.record(bytes as f64);
            self.span.record("output_bytes", bytes);
        }
        if let Some(exit) = self.exit {
            self.record_exit(exit);
        }
        self.span.record("outcome", outcome.as_str());
        if let Some(kind) = error {
            self.span.record("error_kind", kind.as_str());
            self.span.record("error.type", kind.as_str());
            self.span.record("otel.status_code", "ERROR");
        }
        self.log(outcome, error, elapsed);
    }

    fn record_exit(&self, exit: Exit) {
        let digits = exit.code().and_then(|code| Digits::new(code.into()));
        let code = digits.as_ref().map_or("", Digits::as_str);
        let (status, signal) = match exit.signal() {
            Some(signal) => (ExitStatus::Signal, signal),
            None => (ExitStatus::Exit, ""),
        };
        self.tools.exits.get(ProcessExitMetricsKey { code, signal }).exits.at(status).add(1);
        if let Some(code) = exit.code() {
            self.span.record("exit_code", code);
        }
        if let Some(signal) = exit.signal() {
            self.span.record("signal", signal);
        }
    }

    fn log(&self, outcome: Outcome, error: Option<ErrorKind>, elapsed: Duration) {
        let duration_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        let exit_code = self.exit.and_then(Exit::code);
        let signal = self.exit.and_then(Exit::signal);
        self.span.in_scope(|| match error {
            Some(kind) => tracing::warn!(
                tool_id = self.tool_id,
                outcome = outcome.as_str(),
                error_kind = kind.as_str(),
                exit_code,
                signal,
                duration_ms,
                "tool failed"
            ),
            None => tracing::debug!(
                tool_id = self.tool_id,
                outcome = outcome.as_str(),
                exit_code,
                duration_ms,
                "tool ended"
            ),
        });
    }
}

impl Drop for ToolRun<'_> {
    fn drop(&mut self) {
        if !self.finished {
            self.finish(Outcome::Cancelled, None);
        }
    }
}
