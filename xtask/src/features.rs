//! Each feature of each crate by itself, all of them and none: what an application may choose compiles.

use crate::cargo_tools::CargoTool;
use crate::command::{Action, Command, Result, no_arguments};
use crate::{libraries, process};

pub(crate) const COMMAND: Command = Command {
    name: "features",
    summary: "Compile each crate with each of its features by itself",
    usage: "",
    flags: "",
    action: Action::Own(|parser| {
        no_arguments(parser)?;
        check()
    }),
};

const TOOL: CargoTool = CargoTool { name: "cargo-hack", version: "0.6.46", optimized: false };

/// Without `--no-dev-deps`, which would rewrite the manifests while it runs: the resolver leaves the tests'
/// dependencies out where no test is built.
pub(crate) fn check() -> Result {
    TOOL.install()?;
    let libraries = libraries::all()?;
    let mut hack = TOOL.command();
    hack.args(["hack", "check", "--each-feature"]);
    for library in libraries.iter().filter(|library| library.has_features) {
        hack.args(["--package", &library.name]);
    }
    process::run(libraries::one_by_one(&mut hack, &libraries))
}
