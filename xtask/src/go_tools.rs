//! The real collector, Prometheus and their command-line tools, built from the Go modules in `tests/tools`.
#![expect(clippy::print_stderr, reason = "minutes of building want to be seen")]

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::time::Instant;

use crate::command::{Action, Command, Result, no_arguments};
use crate::go_sources::Replaced;
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
    /// The file of its own that one of ours takes the place of.
    replaced: Option<Replaced>,
    /// The only scenario that needs it, which is beyond CI.
    beyond: Option<&'static str>,
}

impl Tool {
    /// One that is built as its module has it, for all.
    const fn plain(name: &'static str, module: &'static str, package: &'static str) -> Self {
        Self { name, module, package, replaced: None, beyond: None }
    }

    /// One of Prometheus's, with what it is built with in place of its plugins.
    const fn of_prometheus(name: &'static str, package: &'static str) -> Self {
        Self { replaced: Some(PLUGINS), ..Self::plain(name, "prometheus", package) }
    }

    /// One that only that scenario needs.
    const fn beyond(scenario: &'static str, name: &'static str, module: &'static str, package: &'static str) -> Self {
        Self { beyond: Some(scenario), ..Self::plain(name, module, package) }
    }
}

/// The ways to discover targets that Prometheus is built with.
const PLUGINS: Replaced =
    Replaced { module: "github.com/prometheus/prometheus", path: "plugins/plugins.go", ours: "plugins.go" };

/// In the order in which they are wanted.
const TOOLS: [Tool; 11] = [
    Tool::of_prometheus("promtool", "github.com/prometheus/prometheus/cmd/promtool"),
    Tool::of_prometheus("prometheus", "github.com/prometheus/prometheus/cmd/prometheus"),
    Tool::plain("promql", "promql", "."),
    Tool::plain("otelcol", "otelcol", "."),
    Tool::plain("alertmanager", "alertmanager", "github.com/prometheus/alertmanager/cmd/alertmanager"),
    Tool::plain("amtool", "amtool", "github.com/prometheus/alertmanager/cmd/amtool"),
    Tool::plain("percli", "perses", "github.com/perses/perses/cmd/percli"),
    Tool::plain("perses-types", "perses", "."),
    Tool::beyond("jaeger", "jaeger", "jaeger", "github.com/jaegertracing/jaeger/cmd/all-in-one"),
    Tool::beyond(
        "victoria",
        "victoria-metrics",
        "victoriametrics",
        "github.com/VictoriaMetrics/VictoriaMetrics/app/victoria-metrics",
    ),
    Tool::beyond("victoria", "vmalert", "victoriametrics", "github.com/VictoriaMetrics/VictoriaMetrics/app/vmalert"),
];

/// Where the programs are.
pub(crate) fn dir() -> PathBuf {
    workspace::target().join("tools")
}

/// Builds whatever is missing or was built from other modules, of what CI needs.
pub(crate) fn build() -> Result {
    build_for(|_| false)
}

/// The same, with what only those scenarios need.
pub(crate) fn build_for(is_wanted: impl Fn(&str) -> bool) -> Result {
    let is_needed = |tool: &&Tool| tool.beyond.is_none_or(&is_wanted);
    let stale: Vec<&Tool> = TOOLS.iter().filter(is_needed).filter(|tool| !tool.is_fresh()).collect();
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
        let mut build = go();
        build.args(["build", "-mod=readonly", "-trimpath", "-buildvcs=false"]).current_dir(self.module_dir());
        if let Some(replaced) = &self.replaced {
            let sources = dir().join(self.name).with_extension("source");
            fs::create_dir_all(&sources)?;
            build.arg("-modfile").arg(replaced.write(&self.module_dir(), go, &sources)?);
        }
        run(build.arg("-o").arg(self.path()).arg(self.package))?;
        fs::write(self.stamp_path(), self.sources()?)?;
        Ok(())
    }
}

/// A module is what it says, whatever the machine's workspace, toolchain switch or version control say.
const ENVIRONMENT: [(&str, &str); 3] = [("GOWORK", "off"), ("GOTOOLCHAIN", "local"), ("GOFLAGS", "")];

fn go() -> process::Command {
    let mut go = process::Command::new("go");
    go.envs(ENVIRONMENT);
    go
}

/// The program that prints Prometheus's own expressions. It asks Go where their sources are, which its module knows.
pub(crate) fn promql() -> process::Command {
    let mut promql = process::Command::new(dir().join("promql"));
    promql.current_dir(workspace::root().join("tests/tools/promql")).envs(ENVIRONMENT);
    promql
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
