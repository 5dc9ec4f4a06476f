//! `test`: every test that needs nothing but cargo.

use crate::command::{Action, Command, Result, no_arguments};
use crate::process;

pub(crate) const COMMAND: Command = Command {
    name: "test",
    summary: "Run every test that needs nothing but cargo",
    usage: "",
    flags: "",
    action: Action::Own(run),
};

fn run(parser: lexopt::Parser) -> Result {
    no_arguments(parser)?;
    all()
}

/// Every test of the workspace, the examples in its documentation among them.
pub(crate) fn all() -> Result {
    process::run(process::cargo(["test", "--no-fail-fast"]).args(process::EVERYTHING))
}
