//! The packages outside the workspace: what a user has, with a lock file of its own.

use crate::command::Result;
use crate::process::{cargo, run};
use crate::workspace;

/// Runs its tests, in the same target folder.
pub(crate) fn test(package: &str) -> Result {
    let manifest = workspace::root().join(package).join("Cargo.toml");
    run(cargo(["fmt", "--check", "--manifest-path"]).arg(&manifest))?;
    let mut test = cargo(["test", "--all-features", "--locked", "--manifest-path"]);
    run(test.arg(manifest).env("CARGO_TARGET_DIR", workspace::target()))
}
