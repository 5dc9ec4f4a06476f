//! `fuzz`: what reads input from outside, under libFuzzer on a nightly toolchain.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::Command as Program;

use lexopt::{Arg, ValueExt as _};

use crate::cargo_tools::CargoTool;
use crate::command::{Action, Command, Result};
use crate::{process, workspace};

pub(crate) const COMMAND: Command = Command {
    name: "fuzz",
    summary: "Fuzz what reads input from outside; needs a nightly toolchain and a C++ compiler",
    usage: "[--seconds N] [TARGET]...",
    flags: "  --seconds N    how long each target is fuzzed; default 60",
    action: Action::Own(run),
};

const TOOL: CargoTool = CargoTool { name: "cargo-fuzz", version: "0.13.1", optimized: false };

/// How long each target is fuzzed unless it is said.
const SECONDS: u32 = 60;

fn run(mut parser: lexopt::Parser) -> Result {
    let (mut seconds, mut targets) = (SECONDS, Vec::new());
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("seconds") => seconds = parser.value()?.parse()?,
            Arg::Value(target) => targets.push(target.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    fuzz(if targets.is_empty() { self::targets()? } else { targets }, seconds)
}

/// All of them, as long as by default.
pub(crate) fn all() -> Result {
    fuzz(targets()?, SECONDS)
}

fn fuzz(targets: Vec<String>, seconds: u32) -> Result {
    TOOL.install()?;
    for target in targets {
        // What is found beyond the committed corpus stays in the target folder.
        let found = workspace::target().join("fuzz-corpus").join(&target);
        fs::create_dir_all(&found)?;
        let mut fuzz = tool();
        fuzz.args(["run", "--fuzz-dir"]).arg(dir()).arg("--target-dir").arg(workspace::target().join("fuzz"));
        fuzz.arg(&target).arg(found).arg(dir().join("corpus").join(&target)).arg("--");
        // A reader that is slow or takes much memory is a fault as one that panics is.
        fuzz.arg(format!("-max_total_time={seconds}")).args(["-timeout=10", "-rss_limit_mb=2048", "-max_len=65536"]);
        process::run(&mut fuzz).map_err(|error| format!("{target}: {error}"))?;
    }
    Ok(())
}

/// The names of the corpora, one of each target.
fn targets() -> Result<Vec<String>> {
    let mut targets = Vec::new();
    for folder in fs::read_dir(dir().join("corpus"))? {
        targets.push(folder?.file_name().to_string_lossy().into_owned());
    }
    targets.sort();
    Ok(targets)
}

fn dir() -> PathBuf {
    workspace::root().join("tests/fuzz")
}

/// cargo-fuzz with the nightly toolchain, which the one that runs this would otherwise hide from it.
fn tool() -> Program {
    let program: OsString = TOOL.command().get_program().to_owned();
    let mut tool = Program::new("rustup");
    tool.args(["run", "nightly"]).arg(program).current_dir(workspace::root());
    for variable in ["CARGO", "RUSTC", "RUSTDOC", "RUSTUP_TOOLCHAIN", "CARGO_TARGET_DIR"] {
        tool.env_remove(variable);
    }
    tool
}
