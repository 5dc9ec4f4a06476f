//! `e2e`: the tests with the real collector, Prometheus, nginx and PostgreSQL; with `--all`, those with packages of Python,
//! Grafana's types among them, bundles as others choose them, the types of each API, others' clients of models and of GitHub,
//! and fuzzing.

use std::ffi::OsString;
use std::process::Command as Program;

use crate::command::{Action, Command, Result};
use crate::{
    check_bundle, features, fuzz, go_tools, grafana, nginx, outside, postgres, process, public_types, python, workspace,
};

pub(crate) const COMMAND: Command = Command {
    name: "e2e",
    summary: "Run the example platform against the real collector and Prometheus; needs Go",
    usage: "[--all] [flags of the e2e harness]",
    flags: "",
    action: Action::PassedOn(run),
};

fn run(args: Vec<OsString>) -> Result {
    let all = args.iter().any(|arg| arg == "--all");
    // What is beyond CI.
    let is_wanted = |scenario: &str| all || args.iter().any(|arg| arg == scenario);
    go_tools::build_for(is_wanted)?;
    nginx::get()?;
    postgres::get()?;
    python::get(is_wanted)?;
    harness(&["--package", "telemetry-tests", "--package", "agent-platform"], args)?;
    if all {
        grafana::check()?;
        check_bundle::check_more()?;
        features::check()?;
        public_types::TOOL.install()?;
        public_types::check()?;
        outside::test("examples/clients")?;
        fuzz::all()?;
    }
    Ok(())
}

/// Once the tests have been built: with the same packages, targets and features, so that nothing is built twice.
pub(crate) fn after_tests() -> Result {
    let [packages, features] = process::EVERYTHING;
    harness(&[packages, features, "--tests"], Vec::new())
}

fn harness(selection: &[&str], args: Vec<OsString>) -> Result {
    process::run(process::cargo(["build", "--bins"]).args(selection))?;
    let mut harness = Program::new(workspace::built("e2e"));
    harness.arg("--tools").arg(go_tools::dir()).arg("--platform").arg(workspace::built("agent-platform"));
    process::run(harness.args(args).current_dir(workspace::root()))
}
