//! Which dependencies are accepted: `deny.toml`, checked by cargo-deny.

use crate::cargo_tools::CargoTool;
use crate::command::Result;
use crate::process;

pub(crate) const TOOL: CargoTool = CargoTool { name: "cargo-deny", version: "0.20.2", optimized: true };

/// Licences, sources, and what is banned or there twice.
pub(crate) fn check() -> Result {
    process::run(TOOL.command().args(["--all-features", "check", "bans", "licenses", "sources"]))
}
