//! `demo`: the example platform, and what of its telemetry arrived.

use std::ffi::OsString;

use crate::command::{Action, Command, Result};
use crate::process;

pub(crate) const COMMAND: Command = Command {
    name: "demo",
    summary: "Run the example platform and show what of its telemetry arrived",
    usage: "[flags of `agent-platform demo`]",
    flags: "",
    action: Action::PassedOn(run),
};

fn run(args: Vec<OsString>) -> Result {
    let cargo = ["run", "--quiet", "--package", "agent-platform", "--", "demo"];
    process::run_quietly(process::cargo(cargo).args(args))
}
