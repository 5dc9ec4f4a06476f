//! Prometheus's configuration, rules and their tests, judged by promtool.

use std::fs;
use std::path::{Path, PathBuf};

use super::files::{tool, yaml};
use crate::command::Result;
use crate::process;

/// How promtool looks at rules: for all that it knows to be wrong.
const STRICT: [&str; 2] = ["--lint=all", "--lint-fatal"];

/// All of it.
pub(super) fn check(folder: &Path) -> Result {
    check_config(folder)?;
    check_without_config(folder)
}

/// The rules and their tests, of a bundle for what is not configured as Prometheus is.
pub(super) fn check_without_config(folder: &Path) -> Result {
    check_rules(folder)?;
    test(&yaml(&folder.join("tests"))?)
}

/// How promtool writes a native histogram with custom buckets.
const NATIVE: &str = "custom_values:";

/// What the tests of all objectives take minutes for is the same for each domain: these are of successes and of latency.
const OBJECTIVES: &str = "http-objectives.yaml";

/// All rules, and of the tests those that are others than over classic histograms.
pub(super) fn check_native(folder: &Path) -> Result {
    check_config(folder)?;
    check_rules(folder)?;
    let mut tests: Vec<PathBuf> = Vec::new();
    for file in yaml(&folder.join("tests"))? {
        let is_of_objectives = file.to_string_lossy().ends_with("-objectives.yaml");
        let is_wanted = !is_of_objectives || file.ends_with(OBJECTIVES);
        if is_wanted && fs::read_to_string(&file)?.contains(NATIVE) {
            tests.push(file);
        }
    }
    if tests.iter().all(|file| !file.ends_with(OBJECTIVES)) {
        return Err(format!("there is no {OBJECTIVES} over native histograms").into());
    }
    test(&tests)
}

fn test(files: &[PathBuf]) -> Result {
    process::run(tool("promtool").args(["test", "rules"]).args(files))
}

fn check_config(folder: &Path) -> Result {
    process::run(tool("promtool").args(["check", "config"]).args(STRICT).arg(folder.join("prometheus.yaml")))
}

fn check_rules(folder: &Path) -> Result {
    let mut rules = tool("promtool");
    rules.args(["check", "rules"]).args(STRICT).args(yaml(&folder.join("rules"))?);
    // A bundle without critical alerts has no copies of any.
    let copies = folder.join("escalation");
    if copies.exists() {
        rules.args(yaml(&copies)?);
    }
    process::run(&mut rules)
}
