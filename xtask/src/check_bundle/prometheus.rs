//! Prometheus's configuration, rules and their tests, judged by promtool.

use std::path::Path;

use super::files::{tool, yaml};
use crate::command::Result;
use crate::process;

/// How promtool looks at rules: for all that it knows to be wrong.
const STRICT: [&str; 2] = ["--lint=all", "--lint-fatal"];

pub(super) fn check(folder: &Path) -> Result {
    process::run(tool("promtool").args(["check", "config"]).args(STRICT).arg(folder.join("prometheus.yaml")))?;
    let mut rules = tool("promtool");
    rules.args(["check", "rules"]).args(STRICT).args(yaml(&folder.join("rules"))?);
    // A bundle without critical alerts has no copies of any.
    let copies = folder.join("escalation");
    if copies.exists() {
        rules.args(yaml(&copies)?);
    }
    process::run(&mut rules)?;
    process::run(tool("promtool").args(["test", "rules"]).args(yaml(&folder.join("tests"))?))
}
