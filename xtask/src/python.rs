//! Python's MCP SDK in an environment of its own, for the end-to-end tests with it.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::command::Result;
use crate::go_tools;
use crate::process::run_quietly;

/// What is installed there.
const PACKAGE: &str = "mcp==1.30.0";

/// Makes the environment, if it is not there as it has to be.
pub(crate) fn get() -> Result {
    let folder = dir();
    let made_for = folder.join("made-for");
    if fs::read_to_string(&made_for).is_ok_and(|package| package == PACKAGE) {
        return Ok(());
    }
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(go_tools::dir())?;
    run_quietly(Command::new("python3").args(["-m", "venv"]).arg(&folder))
        .map_err(|error| format!("the tests with Python's MCP SDK need python3 with venv: {error}"))?;
    run_quietly(Command::new(folder.join("bin/python")).args(["-m", "pip", "install", "--quiet", PACKAGE]))?;
    Ok(fs::write(made_for, PACKAGE)?)
}

fn dir() -> PathBuf {
    go_tools::dir().join("python")
}
