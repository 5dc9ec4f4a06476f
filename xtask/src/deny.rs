//! Which dependencies are accepted: `deny.toml`, checked by cargo-deny.

use std::path::PathBuf;

use crate::command::Result;
use crate::{process, workspace};

const VERSION: &str = "0.20.2";

fn root() -> PathBuf {
    workspace::target().join("tools-cargo")
}

fn program() -> PathBuf {
    root().join("bin/cargo-deny")
}

/// Installs cargo-deny in the target folder unless that version is there.
pub(crate) fn install() -> Result {
    let version = process::output(std::process::Command::new(program()).arg("--version"));
    if version.is_ok_and(|version| version.trim().ends_with(VERSION)) {
        return Ok(());
    }
    let mut install = process::cargo(["install", "--quiet", "cargo-deny", "--locked", "--version", VERSION, "--root"]);
    // In the workspace's own target folder it would wait for the builds of the other steps.
    process::run(install.arg(root()).env_remove("CARGO_TARGET_DIR"))
}

/// Licences, sources, and what is banned or there twice.
pub(crate) fn check() -> Result {
    let mut deny = std::process::Command::new(program());
    deny.args(["--all-features", "check", "bans", "licenses", "sources"]);
    process::run(deny.current_dir(workspace::root()))
}
