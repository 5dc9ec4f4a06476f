//! `gen-dashboards`: what the declarations make, written or compared.
#![expect(clippy::print_stderr, reason = "what differs is for whoever called the command")]

use std::path::{Path, PathBuf};

use lexopt::{Arg, ValueExt as _};
use telemetry_core::{Namespace, readable};
use telemetry_mixin::{GeneratorSettings, generate, settings_page};

use crate::command::{Action, Command, Result};
use crate::domains::domains;
use crate::workspace;

/// The page that people write, with tables that are generated. Elsewhere than in the workspace it may not be there.
const PAGE: &str = "docs/operations.md";

pub(crate) const COMMAND: Command = Command {
    name: "gen-dashboards",
    summary: "Write dashboards, rules and their tests, and the pages on metrics, settings and alerts",
    usage: "[--out DIR] [--domains A,B] [--namespace NS] [--check]",
    flags:
        "  --out DIR        below which `deploy` and `docs` are written, behind no symbolic link; default: the workspace
  --domains A,B    only these domains, by short names or by crates: llm, telemetry-llm
  --namespace NS   what names start with that are the platform's own; default: agentpane
  --check          write nothing, and fail when what is there differs",
    action: Action::Own(run),
};

fn run(mut parser: lexopt::Parser) -> Result {
    let mut settings = GeneratorSettings::default();
    let mut out = workspace::root().to_owned();
    let mut check = false;
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("out") => out = PathBuf::from(parser.value()?),
            Arg::Long("domains") => settings.domains = names(&parser.value()?.string()?)?,
            Arg::Long("namespace") => settings.namespace = Namespace::new(parser.value()?.string()?)?,
            Arg::Long("check") => check = true,
            other => return Err(other.unexpected().into()),
        }
    }
    let mut files = generate(&settings, &domains())?;
    files.insert("docs/settings.md".to_owned(), settings_page(telemetry::settings()));
    if out.join(PAGE).exists() {
        files.fill(PAGE);
    }
    if !check {
        files.write_to(&out)?;
        eprintln!("{} files written below {}", files.iter().count(), readable(out.display()));
        return Ok(());
    }
    let differences = files.check_against(&out)?;
    for difference in &differences {
        eprintln!("{difference}");
    }
    up_to_date(differences.len(), &out)
}

/// The names in a list that commas divide.
fn names(list: &str) -> Result<Vec<String>> {
    let names: Vec<String> =
        list.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    if names.is_empty() { Err("--domains names no domain".into()) } else { Ok(names) }
}

/// Whether the workspace's generated files are what would be generated.
pub(crate) fn check_committed() -> Result {
    run(lexopt::Parser::from_args(["--check"]))
}

fn up_to_date(differences: usize, out: &Path) -> Result {
    match differences {
        0 => Ok(()),
        count => {
            let mend = "`cargo xtask gen-dashboards` with the same flags writes them anew";
            Err(format!("{count} generated files below {} differ; {mend}", readable(out.display())).into())
        }
    }
}
