//! The command, and what it has judged.
#![expect(clippy::print_stderr, reason = "what was judged is for whoever called the command")]

use std::path::{Path, PathBuf};

use lexopt::Arg;
use telemetry_mixin::{GeneratorSettings, Histograms, generate};

use super::variants::{self, Variant};
use super::{alertmanager, chosen, collector, files, message, perses, prometheus};
use crate::background::Background;
use crate::command::{Action, Command, Result};
use crate::domains::domains;
use crate::{go_tools, workspace};

pub(crate) const COMMAND: Command = Command {
    name: "check-bundle",
    summary: "Have promtool, amtool, Alertmanager, the collector and percli judge the generated files; needs Go",
    usage: "[--dir DIR] [--all]",
    flags: "  --dir DIR   only what is below DIR/deploy; default: the workspace's, and bundles as others choose them
  --all       besides: such bundles for which CI has no time",
    action: Action::Own(run),
};

fn run(mut parser: lexopt::Parser) -> Result {
    let (mut dir, mut all) = (None, false);
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("dir") => dir = Some(PathBuf::from(parser.value()?)),
            Arg::Long("all") => all = true,
            other => return Err(other.unexpected().into()),
        }
    }
    go_tools::build()?;
    match dir {
        Some(dir) => check(&dir)?,
        None => check_committed()?,
    }
    if all { check_more() } else { Ok(()) }
}

/// The workspace's own files, and bundles as others choose them; the tools have been built.
pub(crate) fn check_committed() -> Result {
    let others = Background::start("other bundles", || {
        variants::DIFFERENT.iter().try_for_each(Variant::check)?;
        check_native()
    });
    let own = check(workspace::root()).and_then(|()| check_chosen());
    others.join().and(own)
}

/// Bundles for which CI has no time.
pub(crate) fn check_more() -> Result {
    variants::MORE.iter().try_for_each(Variant::check)
}

/// Rules and their tests over native histograms, which are committed nowhere.
fn check_native() -> Result {
    let folder = files::scratch("native")?;
    let settings = GeneratorSettings { histograms: Histograms::Native, ..GeneratorSettings::default() };
    generate(&settings, &domains())?.write_to(&folder)?;
    prometheus::check_native(&folder.join("deploy/prometheus"))
}

/// What becomes of the bundle where many settings are turned.
fn check_chosen() -> Result {
    let deploy = chosen::write()?.join("deploy");
    prometheus::check(&deploy.join("prometheus"))?;
    let cases = alertmanager::check(&deploy.join("alertmanager"))?;
    eprintln!("{cases} cases of routes of other settings are right");
    Ok(())
}

fn check(dir: &Path) -> Result {
    let deploy = dir.join("deploy");
    prometheus::check(&deploy.join("prometheus"))?;
    let cases = alertmanager::check(&deploy.join("alertmanager"))?;
    message::check(&deploy.join("alertmanager/templates"))?;
    alertmanager::start(&deploy.join("alertmanager"))?;
    // For Kubernetes there are other resources, and who wants no dashboards for Perses has none.
    if deploy.join("perses/project.json").exists() {
        perses::check(&deploy.join("perses"))?;
    }
    let collectors = collector::check(&deploy.join("otel-collector"), "own")?;
    eprintln!("{cases} cases of routes and {collectors} configurations of collectors are right");
    Ok(())
}
