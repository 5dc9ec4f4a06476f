//! `check-rules`: rules and dashboards that others wrote, checked against the catalogues.

use std::ffi::OsStr;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use lexopt::{Arg, ValueExt as _};
use telemetry_core::{Namespace, read_regular_to_string, readable};
use telemetry_mixin::promql::{Checker, Lint, Weight};
use telemetry_mixin::{
    GeneratorSettings, Histograms, Ruling, Rulings, Source, Verified, VerifyError, checker, findings_as_json,
    findings_as_sarif, known_metrics,
};

use crate::command::{Action, Command, Result, choice};
use crate::domains::domains;
use crate::prometheus;

/// No file that a person or a program wrote for Prometheus or Grafana is larger, in bytes.
const LARGEST: u64 = 16 << 20;

pub(crate) const COMMAND: Command = Command {
    name: "check-rules",
    summary: "Check rules files and dashboards against the declared metrics",
    usage: "[flags] FILE…",
    flags: "  FILE               Prometheus rules or Grafana dashboards of 16 MiB at most, in YAML or JSON, bare or as resources
                     of Kubernetes; what ends in .json is taken for a dashboard
  --namespace NS     what names start with that are the platform's own; default: agentpane
  --histograms FORM  native where Prometheus keeps histograms under their own names; classic by default, which warns of those
  --foreign RULING   what to do about metrics that are in no catalogue: ignore, warn or deny; default: deny
  --label NAME       a label that is on every series beside job and instance; may be given again
  --catalog FILE     metrics that are known, too: what `catalog --format json` prints, an answer of Prometheus's
                     /api/v1/metadata or /api/v1/label/__name__/values, or what an exporter serves; may be given again
  --prometheus URL   ask a Prometheus for the metrics that it has; http:// only, without a password
  --severity K=R     what to do about a kind of problem, such as ratio-inside=warn: ignore, note, warn or deny
  --output FORM      text, json or sarif; default: text

A comment `# telemetry:ignore KIND REASON` in or before a rule, or in a dashboard's expression, ignores one kind of problem
there, and `# telemetry:ignore-file KIND REASON` in a whole file of rules. Errors fail the check; warnings and notes do not.",
    action: Action::Own(run),
};

enum Output {
    Text,
    Json,
    Sarif,
}

#[derive(Default)]
struct Options {
    files: Vec<PathBuf>,
    rulings: Rulings,
    labels: Vec<String>,
    catalogs: Vec<PathBuf>,
    servers: Vec<String>,
}

fn run(mut parser: lexopt::Parser) -> Result {
    let mut options = Options::default();
    let mut namespace = Namespace::DEFAULT;
    let mut histograms = Histograms::default();
    let mut output = Output::Text;
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("namespace") => namespace = Namespace::new(parser.value()?.string()?)?,
            Arg::Long("histograms") => histograms = parser.value()?.parse_with(choice)?,
            Arg::Long("foreign") => {
                let ruling: Ruling = parser.value()?.parse()?;
                options.rulings = options.rulings.with(Lint::ForeignMetric, ruling);
            }
            Arg::Long("label") => options.labels.push(parser.value()?.parse_with(label)?),
            Arg::Long("catalog") => options.catalogs.push(PathBuf::from(parser.value()?)),
            Arg::Long("prometheus") => options.servers.push(parser.value()?.string()?),
            Arg::Long("severity") => {
                let (lint, ruling) = parser.value()?.parse_with(severity)?;
                options.rulings = options.rulings.with(lint, ruling);
            }
            Arg::Long("output") => output = parser.value()?.parse_with(form)?,
            Arg::Value(file) => options.files.push(PathBuf::from(file)),
            other => return Err(other.unexpected().into()),
        }
    }
    if options.files.is_empty() {
        return Err("name the files to check".into());
    }
    let settings = GeneratorSettings { namespace, histograms, ..GeneratorSettings::default() };
    let mut checker = checker(&settings, &domains());
    let found = check(&options, &mut checker)?;
    let text = match output {
        Output::Text => found.iter().map(|found| format!("{found}\n\n")).collect(),
        Output::Json => findings_as_json(&found),
        Output::Sarif => findings_as_sarif(&found),
    };
    // Whoever reads them may have read enough, as `head` has.
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => return Err(error.into()),
        _ => {}
    }
    match found.iter().filter(|found| found.weight == Weight::Error).count() {
        0 => Ok(()),
        1 => Err("1 problem found".into()),
        count => Err(format!("{count} problems found").into()),
    }
}

fn check(options: &Options, checker: &mut Checker) -> Result<Vec<Verified>> {
    options.labels.iter().for_each(|label| checker.add_common_label(label));
    for file in &options.catalogs {
        checker.add_known(&known_metrics(&read(file)?).map_err(|error| in_file(file, &error))?);
    }
    for server in &options.servers {
        for answer in prometheus::metrics(server)? {
            checker.add_known(&known_metrics(&answer).map_err(|error| format!("{}: {error}", readable(server)))?);
        }
    }
    // What any of the files records is known to all. One that cannot be read is a finding beside those of the others.
    let mut sources = Vec::new();
    for file in &options.files {
        let is_json = file.extension() == Some(OsStr::new("json"));
        let source = match read_regular_to_string(file, LARGEST) {
            Err(error) => Err(VerifyError::Unread { reason: error.to_string() }),
            Ok(text) if is_json => Source::dashboard(&text),
            Ok(text) => Source::rules(&text),
        };
        if let Ok(source) = &source {
            source.teach(checker);
        }
        sources.push((file, source));
    }
    let mut found = Vec::new();
    for (file, source) in sources {
        let findings = source.map_or_else(|error| vec![error.finding()], |source| source.check(checker));
        found.extend(options.rulings.weigh(&file.to_string_lossy(), findings));
    }
    Ok(found)
}

fn read(file: &Path) -> Result<String> {
    read_regular_to_string(file, LARGEST).map_err(|error| in_file(file, &error).into())
}

fn in_file(file: &Path, error: &dyn std::fmt::Display) -> String {
    format!("{}: {error}", readable(file.display()))
}

fn label(name: &str) -> std::result::Result<String, &'static str> {
    let is_label = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_label { Ok(name.to_owned()) } else { Err("a label has letters, digits and underscores") }
}

fn severity(text: &str) -> std::result::Result<(Lint, Ruling), String> {
    let (lint, ruling) = text.split_once('=').ok_or("write KIND=RULING, such as ratio-inside=warn")?;
    Ok((lint.parse()?, ruling.parse()?))
}

fn form(text: &str) -> std::result::Result<Output, &'static str> {
    match text {
        "text" => Ok(Output::Text),
        "json" => Ok(Output::Json),
        "sarif" => Ok(Output::Sarif),
        _ => Err("accepted are text, json and sarif"),
    }
}
