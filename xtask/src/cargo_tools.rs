//! Programs that cargo installs, in pinned versions, into the target folder.

use std::path::PathBuf;
use std::process::Command;

use crate::command::Result;
use crate::{process, workspace};

pub(crate) struct CargoTool {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    /// Whether it works so much itself that optimizing it saves more than it takes.
    pub(crate) optimized: bool,
}

impl CargoTool {
    /// The program, to be run in the workspace.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(Self::root().join("bin").join(self.name));
        command.current_dir(workspace::root());
        command
    }

    /// Installs it unless that version is there.
    pub(crate) fn install(&self) -> Result {
        if self.installed().is_some_and(|version| version == self.version) {
            return Ok(());
        }
        let install = ["install", "--quiet", self.name, "--locked", "--force", "--version", self.version, "--root"];
        let mut install = process::cargo(install);
        install.arg(Self::root());
        if !self.optimized {
            install.arg("--debug");
        }
        // In the workspace's own target folder it would wait for the builds of the other steps.
        process::run(install.env_remove("CARGO_TARGET_DIR"))
    }

    /// The version that is there, as cargo has noted it.
    fn installed(&self) -> Option<String> {
        let listed = process::output(process::cargo(["install", "--list", "--root"]).arg(Self::root())).ok()?;
        let line = listed.lines().find_map(|line| line.strip_prefix(self.name)?.strip_prefix(" v"))?;
        Some(line.split([':', ' ']).next()?.to_owned())
    }

    fn root() -> PathBuf {
        workspace::target().join("tools-cargo")
    }
}
