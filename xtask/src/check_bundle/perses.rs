//! Dashboards for Perses: linted by percli, decoded by Perses' own types and those of its plugins.

use std::path::Path;

use super::files::tool;
use crate::command::Result;
use crate::process;

/// Linting alone says nothing of fields that Perses does not know, and leaves out the options of plugins.
pub(super) fn check(folder: &Path) -> Result {
    process::run_quietly(tool("percli").arg("lint").arg("--directory").arg(folder))?;
    process::run(tool("perses-types").arg(folder))
}
