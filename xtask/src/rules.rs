//! The generated Prometheus rules, judged by Prometheus's own tool.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

use crate::command::Result;
use crate::{go_tools, process, workspace};

/// Checks the rules, and runs their unit tests.
pub(crate) fn check() -> Result {
    let prometheus = workspace::root().join("deploy/prometheus");
    let mut rules = Command::new(go_tools::dir().join("promtool"));
    rules.args(["check", "rules", "--lint=all", "--lint-fatal"]).args(files(&prometheus.join("rules"))?);
    process::run(&mut rules)?;
    let mut tests = Command::new(go_tools::dir().join("promtool"));
    tests.args(["test", "rules"]).args(files(&prometheus.join("tests"))?);
    process::run(&mut tests)
}

/// The YAML files of a folder. There are some, or a check of them would pass for nothing.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let unreadable = |error: io::Error| format!("{}: {error}", folder.display());
    let entries = fs::read_dir(folder).map_err(unreadable)?.collect::<io::Result<Vec<_>>>().map_err(unreadable)?;
    let yaml =
        |path: &PathBuf| path.extension().and_then(OsStr::to_str).is_some_and(|end| end == "yaml" || end == "yml");
    let mut files: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).filter(yaml).collect();
    files.sort();
    if files.is_empty() { Err(format!("{} has no YAML files", folder.display()).into()) } else { Ok(files) }
}
