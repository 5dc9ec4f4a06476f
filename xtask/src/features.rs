//! Each feature of each crate by itself, all of them and none: what an application may choose compiles.

use crate::cargo_tools::CargoTool;
use crate::command::{Action, Command, Result, no_arguments};
use crate::libraries::Library;
use crate::{libraries, process};

pub(crate) const COMMAND: Command = Command {
    name: "features",
    summary: "Compile each crate with each of its features by itself",
    usage: "",
    flags: "",
    action: Action::Own(|parser| {
        no_arguments(parser)?;
        TOOL.install()?;
        check_of(|_| true, &[])
    }),
};

pub(crate) const TOOL: CargoTool = CargoTool { name: "cargo-hack", version: "0.6.46", optimized: false };

/// The features of the facade hand on those of the domains, and are more than half of the work: each of its sets compiles
/// the domains once more.
const FACADE: &str = "telemetry";

/// What every change has to pass: all but the facade, and all but the sets that the steps before have compiled, which are
/// every feature, none and the default ones, and but the mixins, which are data and need nothing of the rest.
pub(crate) fn check() -> Result {
    let compiled = ["--exclude-all-features", "--exclude-no-default-features", "--exclude-features", "default,mixin"];
    check_of(|library| library.name != FACADE, &compiled)
}

/// Without `--no-dev-deps`, which would rewrite the manifests while it runs: the resolver leaves the tests'
/// dependencies out where no test is built.
fn check_of(is_checked: impl Fn(&Library) -> bool, without: &[&str]) -> Result {
    let libraries = libraries::all()?;
    let mut hack = TOOL.command();
    hack.args(["hack", "check", "--each-feature"]).args(without);
    for library in libraries.iter().filter(|library| library.has_features && is_checked(library)) {
        hack.args(["--package", &library.name]);
    }
    process::run(libraries::one_by_one(&mut hack, &libraries))
}
