//! Each feature of each crate by itself, and none at all: what an application may choose compiles.

use crate::cargo_tools::CargoTool;
use crate::command::Result;
use crate::process;

pub(crate) const TOOL: CargoTool = CargoTool { name: "cargo-hack", version: "0.6.46", optimized: false };

/// Without the tests' dependencies, which the resolver leaves out where no test is built.
pub(crate) fn check() -> Result {
    process::run(TOOL.command().args(["hack", "check", "--each-feature", "--workspace"]))
}
