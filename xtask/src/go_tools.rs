//! The real collector, Prometheus and their command-line tools, built from the Go modules in `tests/tools`.
#![expect(clippy::print_stderr, reason = "minutes of building want to be seen")]

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::time::Instant;

use crate::command::{Action, Command, Result, no_arguments};
use crate::process::{output, run};
use crate::workspace;

pub(crate) const COMMAND: Command = Command {
    name: "tools",
    summary: "Build the collector, Prometheus and their tools; needs Go",
    usage: "",
    flags: "",
    action: Action::Own(|parser| {
        no_arguments(parser)?;
        build()
    }),
};

/// One program, the module that pins it, and its package there.
struct Tool {
    name: &'static str,
    module: &'static str,
    package: &'static str,
}

/// In the order in which they are wanted.
const TOOLS: [Tool; 5] = [
    Tool { name: "promtool", module: "prometheus", package: "github.com/prometheus/prometheus/cmd/promtool" },
    Tool { name: "prometheus", module: "prometheus", package: "github.com/prometheus/prometheus/cmd/prometheus" },
    Tool { name: "otelcol", module: "otelcol", package: "." },
    Tool {
        name: "alertmanager",
        module: "alertmanager",
        package: "github.com/prometheus/alertmanager/cmd/alertmanager",
    },
    Tool { name: "amtool", module: "amtool", package: "github.com/prometheus/alertmanager/cmd/amtool" },
];

/// Where the programs are.
pub(crate) fn dir() -> PathBuf {
    workspace::target().join("tools")
}

/// Builds whatever is missing or was built from other modules.
pub(crate) fn build() -> Result {
    let stale: Vec<&Tool> = TOOLS.iter().filter(|tool| !tool.is_fresh()).collect();
    if stale.is_empty() {
        return Ok(());
    }
    check_go(&stale)?;
    fs::create_dir_all(dir())?;
    for tool in stale {
        let begun = Instant::now();
        tool.build()?;
        eprintln!("{} built in {:.0?}", tool.name, begun.elapsed());
    }
    Ok(())
}

impl Tool {
    fn module_dir(&self) -> PathBuf {
        workspace::root().join("tests/tools").join(self.module)
    }

    fn path(&self) -> PathBuf {
        dir().join(self.name)
    }

    /// What the program was built from lies beside it.
    fn stamp_path(&self) -> PathBuf {
        self.path().with_extension("built-from")
    }

    fn is_fresh(&self) -> bool {
        let built_from = fs::read(self.stamp_path());
        self.path().is_file() && built_from.is_ok_and(|built_from| self.sources().is_ok_and(|now| now == built_from))
    }

    /// All that determines the program: the module's files and the package.
    fn sources(&self) -> Result<Vec<u8>> {
        let mut files = fs::read_dir(self.module_dir())?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<std::io::Result<Vec<_>>>()?;
        files.sort();
        let mut sources = self.package.as_bytes().to_vec();
        for file in files.iter().filter(|file| file.is_file()) {
            sources.extend(fs::read(file)?);
        }
        Ok(sources)
    }

    fn build(&self) -> Result {
        let mut go = process::Command::new("go");
        // A module is what it says, whatever the machine's workspace, toolchain switch or version control say.
        go.envs([("GOWORK", "off"), ("GOTOOLCHAIN", "local"), ("GOFLAGS", "")]);
        go.args(["build", "-mod=readonly", "-trimpath", "-buildvcs=false", "-o"]);
        go.arg(self.path()).arg(self.package).current_dir(self.module_dir());
        run(&mut go)?;
        fs::write(self.stamp_path(), self.sources()?)?;
        Ok(())
    }
}

/// Whether there is a Go new enough for these modules.
fn check_go(tools: &[&Tool]) -> Result {
    let mut needed = (0, 0);
    for tool in tools {
        needed = needed.max(required_go(&tool.module_dir().join("go.mod"))?);
    }
    let (major, minor) = needed;
    let wanted = format!("the end-to-end tests build their tools with Go {major}.{minor} or newer (https://go.dev/dl)");
    let said = output(process::Command::new("go").arg("version").env("GOTOOLCHAIN", "local"))
        .map_err(|error| format!("{wanted}: {error}"))?;
    let found = said.split_whitespace().find_map(|word| version(word.strip_prefix("go")?));
    match found {
        Some(found) if found >= needed => Ok(()),
        _ => Err(format!("{wanted}; here is: {}", said.trim()).into()),
    }
}

/// The version that a `go.mod` asks for.
fn required_go(file: &Path) -> Result<(u32, u32)> {
    let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let version = text.lines().find_map(|line| version(line.strip_prefix("go ")?));
    let name = file.file_name().and_then(OsStr::to_str).unwrap_or_default();
    version.ok_or_else(|| format!("{name} of {} names no Go version", file.display()).into())
}

/// The first two numbers of a version such as `1.26.0` or `1.27rc1`.
fn version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).map(|part| part.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}
