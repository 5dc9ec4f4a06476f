//! `check-rules`: rules and dashboards that others wrote, checked against the catalogues.
#![expect(clippy::print_stdout, reason = "the findings are what was asked for")]

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use lexopt::{Arg, ValueExt as _};
use telemetry_core::{Namespace, read_regular_to_string, readable};
use telemetry_mixin::promql::{Checker, Finding};
use telemetry_mixin::{GeneratorSettings, check_dashboard, check_rules, checker};

use crate::command::{Action, Command, Result};
use crate::domains::domains;

/// No file that a person or a program wrote for Prometheus or Grafana is larger, in bytes.
const LARGEST: u64 = 16 << 20;

pub(crate) const COMMAND: Command = Command {
    name: "check-rules",
    summary: "Check rules files and dashboards against the declared metrics",
    usage: "[--namespace NS] FILE…",
    flags: "  FILE             a Prometheus rules file, or a Grafana dashboard (.json), of 16 MiB at most
  --namespace NS   what names start with that are the platform's own; default: agentpane",
    action: Action::Own(run),
};

fn run(mut parser: lexopt::Parser) -> Result {
    let mut files = Vec::new();
    let mut namespace = Namespace::DEFAULT;
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("namespace") => namespace = Namespace::new(parser.value()?.string()?)?,
            Arg::Value(file) => files.push(PathBuf::from(file)),
            other => return Err(other.unexpected().into()),
        }
    }
    if files.is_empty() {
        return Err("name the files to check".into());
    }
    // What a rules file records is known to the dashboards.
    files.sort_by_key(|file| is_dashboard(file));
    let settings = GeneratorSettings { namespace, ..GeneratorSettings::default() };
    let mut checker = checker(&settings, &domains());
    let mut found = 0;
    for file in &files {
        let name = readable(file.display());
        let in_file = |error: &dyn std::fmt::Display| format!("{name}: {error}");
        let text = read_regular_to_string(file, LARGEST).map_err(|error| in_file(&error))?;
        let findings = check(&mut checker, file, &text).map_err(|error| in_file(&error))?;
        for finding in &findings {
            println!("{name}: {finding}\n");
        }
        found += findings.len();
    }
    match found {
        0 => Ok(()),
        1 => Err("1 problem found".into()),
        count => Err(format!("{count} problems found").into()),
    }
}

fn is_dashboard(file: &Path) -> bool {
    file.extension() == Some(OsStr::new("json"))
}

fn check(
    checker: &mut Checker,
    file: &Path,
    text: &str,
) -> std::result::Result<Vec<Finding>, telemetry_mixin::VerifyError> {
    if is_dashboard(file) { check_dashboard(checker, text) } else { check_rules(checker, text) }
}
