//! Configurations of the collector, judged by the collector.

use std::path::{Path, PathBuf};

use super::files::{scratch, tool, yaml};
use crate::command::Result;
use crate::process;

/// The one that the collector of the tests lacks a component for, which its head says.
const NOT_TRIED: &str = "load-balancer.yaml";

/// How the names of those begin that are laid over another one, and that one.
const OVERLAYS: (&str, &str) = ("push-to-", "collector.yaml");

/// Returns how many there are. No other check at the same time has that name.
pub(super) fn check(folder: &Path, name_of_bundle: &str) -> Result<usize> {
    let storage = scratch(&format!("otelcol/{name_of_bundle}"))?;
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let files: Vec<PathBuf> = yaml(folder)?.into_iter().filter(|path| name(path) != NOT_TRIED).collect();
    for file in &files {
        let mut validate = tool("otelcol");
        validate.arg("validate").env("OTELCOL_STORAGE", &storage);
        if name(file).starts_with(OVERLAYS.0) {
            validate.arg("--config").arg(folder.join(OVERLAYS.1));
        }
        process::run(validate.arg("--config").arg(file))?;
    }
    Ok(files.len())
}
