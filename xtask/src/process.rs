//! Programs that commands start.
#![expect(clippy::print_stderr, reason = "whoever called the command sees what it starts")]

use std::fmt::Write as _;
use std::process::Command;

use telemetry_core::readable;

use crate::command::Result;
use crate::workspace;

/// All packages with all features: what is not compiled is not checked. The same everywhere, so that nothing is built
/// twice.
pub(crate) const EVERYTHING: [&str; 2] = ["--workspace", "--all-features"];

/// The cargo that runs this, in the workspace's root.
pub(crate) fn cargo<'a>(args: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(args).current_dir(workspace::root());
    command
}

/// Runs a program to its end; it shares our output.
pub(crate) fn run(command: &mut Command) -> Result {
    let line = line(command);
    eprintln!("$ {}", readable(&line));
    check(command, &line)
}

/// The same without showing the command line.
pub(crate) fn run_quietly(command: &mut Command) -> Result {
    let line = line(command);
    check(command, &line)
}

fn check(command: &mut Command, line: &str) -> Result {
    let status = command.status().map_err(|error| format!("cannot start `{line}`: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("`{line}` ended with {status}").into()) }
}

/// Runs a program to its end and returns what it printed.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let line = line(command);
    let output = command.output().map_err(|error| format!("cannot start `{line}`: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(format!("`{line}` ended with {}: {}", output.status, said.trim()).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// The command line, with what the environment adds, short enough to read.
fn line(command: &Command) -> String {
    let mut line = String::new();
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            let _ = write!(line, "{}={:?} ", name.display(), value.display().to_string());
        }
    }
    let program = std::path::Path::new(command.get_program());
    let name = program.file_name().unwrap_or(command.get_program());
    line.push_str(&name.to_string_lossy());
    for arg in command.get_args() {
        let _ = write!(line, " {}", arg.display());
    }
    line
}
