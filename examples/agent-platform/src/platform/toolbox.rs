//! The platform's tools and how they are run: good ones, bad ones, and a slow one.

use std::ffi::OsStr;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;
use telemetry_core::{Label as _, Meter};
use telemetry_runtime::labels::ErrorKind;
use telemetry_runtime::{Exit, Limits, ToolError, Tools};
use tokio::process::Command;

use crate::check::Ledger;

/// A tool of the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tool {
    pub(crate) id: &'static str,
    input: Input,
    /// Whether its output has to be JSON.
    json: bool,
    timeout: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Input {
    None,
    Words,
    /// More than a pipe holds.
    Large,
}

const fn tool(id: &'static str, input: Input, json: bool) -> Tool {
    Tool { id, input, json, timeout: Duration::from_secs(20) }
}

/// Those that work.
pub(crate) const GOOD: [Tool; 3] =
    [tool("word-count", Input::Words, true), tool("report", Input::None, true), tool("heedless", Input::Words, true)];

/// Those that fail, each in another way: one for each kind of error.
pub(crate) const BAD: [Tool; 8] = [
    tool("failing", Input::None, false),
    tool("crashing", Input::None, false),
    Tool { timeout: Duration::from_millis(400), ..tool("hanging", Input::None, false) },
    tool("flooding", Input::None, false),
    tool("shouting", Input::None, false),
    tool("garbling", Input::None, true),
    tool("deaf", Input::Large, false),
    // There is no such program.
    tool("missing", Input::None, false),
];

/// It runs until its caller gives up.
pub(crate) const SLOW: Tool = tool("slow", Input::None, false);

/// The tool of that name.
pub(super) fn find(id: &str) -> Option<Tool> {
    GOOD.into_iter().chain(BAD).chain([SLOW]).find(|tool| tool.id == id)
}

/// The tools, and how they are run.
pub(super) struct Toolbox {
    program: PathBuf,
    tools: Tools,
    limits: Limits,
}

impl Toolbox {
    /// # Errors
    ///
    /// When this program cannot tell where it is.
    pub(super) fn new(meter: &Meter) -> io::Result<Self> {
        let limits =
            Limits { stdout: 1_000_000, stderr: 1_000_000, grace: Duration::from_millis(200), ..Limits::default() };
        Ok(Self { program: std::env::current_exe()?, tools: Tools::new(meter), limits })
    }

    /// Runs a tool to its end, and notes in the ledger what came of it.
    pub(super) async fn run(&self, tool: Tool, ledger: &Ledger) -> Result<(), ToolError> {
        ledger.span("runtime.execute_tool");
        let noted = RunNote { ledger, tool_id: tool.id, ended: false };
        let run = self.tools.run(tool.id).permissions(&["read"]).limits(self.limits).start();
        let input = match tool.input {
            Input::None => String::new(),
            Input::Words => "the quick brown fox jumps over the lazy dog".to_owned(),
            Input::Large => "x".repeat(1_000_000),
        };
        let result = if tool.json {
            run.execute_json::<Value>(self.command(tool), input, tool.timeout).await.map(|_| ())
        } else {
            run.execute(self.command(tool), input, tool.timeout).await.map(|_| ())
        };
        noted.ended(&result);
        result
    }

    fn command(&self, tool: Tool) -> Command {
        if tool.id == "missing" {
            return Command::new("/nonexistent/agent-platform-tool");
        }
        let mut command = Command::new(&self.program);
        command.args([OsStr::new("tool"), OsStr::new(tool.id)]);
        command
    }
}

/// A run under way: what its caller sees of it is all that the ledger needs. Dropped before it has ended, it is noted as
/// cancelled.
struct RunNote<'a> {
    ledger: &'a Ledger,
    tool_id: &'a str,
    ended: bool,
}

impl RunNote<'_> {
    fn ended(mut self, result: &Result<(), ToolError>) {
        self.ended = true;
        let Err(error) = result else {
            self.outcome("success");
            return self.exit(Exit::Code(0));
        };
        let (tool_id, kind) = (("tool_id", self.tool_id), error.kind());
        self.ledger.add("runtime_tool_errors_total", &[tool_id, ("error_kind", kind.as_str())], 1);
        self.ledger.log("tool failed");
        if kind == ErrorKind::Timeout {
            self.ledger.add("runtime_tool_timeouts_total", &[tool_id], 1);
            self.outcome("timeout");
        } else {
            self.outcome("error");
        }
        if let Some(exit) = error.exit() {
            self.exit(exit);
        }
    }

    fn outcome(&self, outcome: &str) {
        self.ledger.add("runtime_tool_execute_seconds", &[("tool_id", self.tool_id), ("outcome", outcome)], 1);
    }

    fn exit(&self, exit: Exit) {
        self.ledger.add("runtime_tool_output_bytes", &[("tool_id", self.tool_id)], 1);
        let code = exit.code().map(|code| code.to_string()).unwrap_or_default();
        let (status, signal) = match exit.signal() {
            Some(signal) => ("signal", signal),
            None => ("exit", ""),
        };
        let labels = [("status", status), ("code", &*code), ("signal", signal)];
        self.ledger.add("runtime_bun_process_exits_total", &labels, 1);
    }
}

impl Drop for RunNote<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.outcome("cancelled");
        }
    }
}
