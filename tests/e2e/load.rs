//! The example platform under its load.

use std::io::Write as _;
use std::process::{ChildStdin, Command};
use std::time::Duration;

use agent_platform::{Ended, Ready};
use telemetry_tests::Failure;
use telemetry_tests::program::{Lines, Program, piped};

use crate::stack::Site;

/// How long it may take to start, and to end: a last export and the longest of its tools included.
const PATIENCE: Duration = Duration::from_secs(60);

/// Has it do all that fills every panel.
pub(crate) const WITH_FAULTS: [&str; 2] = ["--faults", "tools,streams,cardinality,values"];

/// Has the exporter of logs fail, so that there are failures to be counted: nobody listens on port 1.
pub(crate) const NO_LOGS: [(&str, &str); 2] =
    [("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "http://127.0.0.1:1"), ("OTEL_EXPORTER_OTLP_LOGS_TIMEOUT", "1000")];

/// The running platform.
pub(crate) struct Load {
    program: Program,
    input: ChildStdin,
    output: Lines,
    /// What it said when it was ready.
    pub(crate) ready: Ready,
}

impl Load {
    /// Starts the platform: it exports every second to that endpoint.
    pub(crate) fn start(site: &Site, endpoint: &str, flags: &[&str], env: &[(&str, &str)]) -> Result<Self, Failure> {
        let mut command = piped(Command::new(&site.platform));
        command.arg("load").args(flags).env("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint);
        command.env("OTEL_METRIC_EXPORT_INTERVAL", "1000").envs(env.iter().copied());
        let mut program = Program::start("platform", &mut command, &site.folder)?;
        let (Some(input), Some(output)) = program.pipes() else { return Err("the platform has no pipes".into()) };
        let output = Lines::of(output)?;
        let ready = serde_json::from_str(&output.next(PATIENCE)?)?;
        Ok(Self { program, input, output, ready })
    }

    /// Switches a fault on or off.
    pub(crate) fn switch(&mut self, fault: &str, on: bool) -> Result<(), Failure> {
        Ok(writeln!(self.input, "fault {fault} {}", if on { "on" } else { "off" })?)
    }

    /// Ends the load, and returns what it did.
    pub(crate) fn stop(self) -> Result<Ended, Failure> {
        let Self { program, input, output, .. } = self;
        drop(input);
        let ended = serde_json::from_str(&output.next(PATIENCE)?)?;
        program.wait(PATIENCE)?;
        Ok(ended)
    }
}
