//! Whose types a crate's API shows: what `[package.metadata.cargo_check_external_types]` of its manifest lists, and no
//! others; checked by cargo-check-external-types. A crate without the list shows the standard library's and its own.
#![expect(clippy::print_stderr, reason = "what was found is shown as it is found")]

use std::process::{Command as Program, Stdio};

use crate::cargo_tools::CargoTool;
use crate::command::{Action, Command, Result, no_arguments};
use crate::libraries;

pub(crate) const COMMAND: Command = Command {
    name: "public-types",
    summary: "Hold the external types of each crate's API to the list in its manifest",
    usage: "",
    flags: "",
    action: Action::Own(|parser| {
        no_arguments(parser)?;
        TOOL.install()?;
        check()
    }),
};

/// It reads one version of rustdoc's JSON: a new toolchain may need a new version of it.
pub(crate) const TOOL: CargoTool = CargoTool { name: "cargo-check-external-types", version: "0.5.0", optimized: false };

/// With all features. What is listed and not shown is wrong too.
pub(crate) fn check() -> Result {
    let libraries = libraries::all()?;
    let mut wrong = Vec::new();
    for library in libraries.iter().filter(|library| !library.is_macros) {
        eprintln!("{}", library.name);
        let mut tool = TOOL.command();
        tool.args(["check-external-types", "--all-features", "--manifest-path"]).arg(&library.manifest);
        // It documents private items too, to which other links are broken than in the real documentation.
        tool.env("RUSTDOCFLAGS", "--cap-lints allow");
        if !finds_nothing(libraries::one_by_one(&mut tool, &libraries))? {
            wrong.push(library.name.as_str());
        }
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(format!("these show other types than they list, or were not compiled: {}", wrong.join(", ")).into())
    }
}

/// Whether the tool has nothing to say; else it is shown. That an entry is not needed is a mere warning to it, which its
/// exit code does not tell.
fn finds_nothing(tool: &mut Program) -> Result<bool> {
    let output = tool.stderr(Stdio::inherit()).output()?;
    eprint!("{}", String::from_utf8_lossy(&output.stdout));
    Ok(output.status.success() && output.stdout.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_and_warnings_are_findings() {
        let finds_nothing = |script: &str| finds_nothing(Program::new("sh").args(["-c", script])).expect("sh runs");
        assert!(finds_nothing("echo Examining >&2"));
        assert!(!finds_nothing("echo warning: not referenced"));
        assert!(!finds_nothing("exit 1"));
    }
}
