//! Configurations of the collector, judged by the collector.

use std::path::{Path, PathBuf};

use super::files::{scratch, tool, yaml};
use crate::command::Result;
use crate::process;

/// The one that the collector of the tests lacks a component for, which its head says.
const NOT_TRIED: &str = "load-balancer.yaml";

/// What is laid over another one, and that one.
const OVERLAY: (&str, &str) = ("push-to-prometheus.yaml", "collector.yaml");

/// Returns how many there are.
pub(super) fn check(folder: &Path) -> Result<usize> {
    let storage = scratch("otelcol")?;
    let is = |path: &Path, name: &str| path.file_name().is_some_and(|found| found == name);
    let files: Vec<PathBuf> = yaml(folder)?.into_iter().filter(|path| !is(path, NOT_TRIED)).collect();
    for file in &files {
        let mut validate = tool("otelcol");
        validate.arg("validate").env("OTELCOL_STORAGE", &storage);
        if is(file, OVERLAY.0) {
            validate.arg("--config").arg(folder.join(OVERLAY.1));
        }
        process::run(validate.arg("--config").arg(file))?;
    }
    Ok(files.len())
}
