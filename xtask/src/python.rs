//! Packages of Python that end-to-end scenarios need, each in an environment of its own.
#![expect(clippy::print_stderr, reason = "minutes of installing want to be seen")]

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use crate::command::Result;
use crate::go_tools;
use crate::process::run_quietly;

/// A scenario, and what it runs.
pub(crate) struct Environment {
    scenario: &'static str,
    package: &'static str,
}

const ENVIRONMENTS: [Environment; 2] = [
    Environment { scenario: "mcp", package: "mcp==1.30.0" },
    Environment { scenario: "phoenix", package: "arize-phoenix==20.26.1" },
];

/// Grafana's own types of dashboards. The version has an epoch, as PyPI's versions may.
pub(crate) const GRAFANA: Environment =
    Environment { scenario: "grafana", package: "grafana-foundation-sdk==1769699998!10.1.0" };

/// Makes the environments of the scenarios that run, those that are not there as they have to be.
pub(crate) fn get(runs: impl Fn(&str) -> bool) -> Result {
    ENVIRONMENTS.iter().filter(|environment| runs(environment.scenario)).try_for_each(Environment::get)
}

impl Environment {
    pub(crate) fn get(&self) -> Result {
        let (folder, package) = (self.dir(), self.package);
        let made_for = folder.join("made-for");
        if fs::read_to_string(&made_for).is_ok_and(|made_for| made_for == package) {
            return Ok(());
        }
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(go_tools::dir())?;
        let begun = Instant::now();
        run_quietly(Command::new("python3").args(["-m", "venv"]).arg(&folder))
            .map_err(|error| format!("the tests with {package} need python3 with venv: {error}"))?;
        run_quietly(self.python().args(["-m", "pip", "install", "--quiet", package]))?;
        eprintln!("{package} installed in {:.0?}", begun.elapsed());
        Ok(fs::write(made_for, package)?)
    }

    /// Its interpreter.
    pub(crate) fn python(&self) -> Command {
        Command::new(self.dir().join("bin/python"))
    }

    /// Where the scenario looks for it.
    fn dir(&self) -> PathBuf {
        go_tools::dir().join(format!("python-{}", self.scenario))
    }
}
