//! `bench`: recording beside other libraries.

use std::ffi::OsString;

use crate::command::{Action, Command, Result};
use crate::process;

pub(crate) const COMMAND: Command = Command {
    name: "bench",
    summary: "Measure recording beside other libraries, in one interleaved run",
    usage: "[flags of telemetry-bench]",
    flags: "",
    action: Action::PassedOn(run),
};

fn run(args: Vec<OsString>) -> Result {
    process::run_quietly(process::cargo(["run", "--release", "--package", "telemetry-bench", "--"]).args(args))
}
