//! The platform's tools and how they are run, each as a process.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;
use telemetry_core::Meter;
use telemetry_runtime::{Limits, ToolError, Tools};
use tokio::process::Command;

/// A tool of the platform: a program, which reads its input and writes its result.
#[derive(Debug, Clone)]
pub(crate) struct Tool {
    pub(crate) id: String,
    pub(crate) program: PathBuf,
    pub(crate) args: Vec<String>,
    /// Whether it is given the input; otherwise there is none.
    pub(crate) reads_input: bool,
    /// Whether its output has to be JSON.
    pub(crate) json: bool,
    pub(crate) timeout: Duration,
}

/// The tools, and how they are run.
pub(crate) struct Toolbox {
    tools: BTreeMap<String, Tool>,
    runs: Tools,
    limits: Limits,
}

impl Toolbox {
    pub(crate) fn new(meter: &Meter, tools: impl IntoIterator<Item = Tool>) -> Self {
        let limits =
            Limits { stdout: 1_000_000, stderr: 1_000_000, grace: Duration::from_millis(200), ..Limits::default() };
        let tools = tools.into_iter().map(|tool| (tool.id.clone(), tool)).collect();
        Self { tools, runs: Tools::new(meter), limits }
    }

    /// The tool of that name.
    pub(crate) fn find(&self, id: &str) -> Option<&Tool> {
        self.tools.get(id)
    }

    /// Runs a tool to its end.
    pub(crate) async fn run(&self, tool: &Tool, input: &str) -> Result<(), ToolError> {
        let run = self.runs.run(&tool.id).permissions(&["read"]).limits(self.limits).start();
        let input = if tool.reads_input { input.to_owned() } else { String::new() };
        let mut command = Command::new(&tool.program);
        command.args(&tool.args);
        if tool.json {
            run.execute_json::<Value>(command, input, tool.timeout).await.map(drop)
        } else {
            run.execute(command, input, tool.timeout).await.map(drop)
        }
    }
}
