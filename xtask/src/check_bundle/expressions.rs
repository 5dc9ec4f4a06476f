//! Every expression of a bundle, as files and as resources, judged by the checker that others use.

use telemetry_mixin::model::Domain;
use telemetry_mixin::{BundleFormat, GeneratedFiles, GeneratorSettings, Source, checker, generate};

use crate::command::Result;
use crate::domains::domains;

/// Where files with expressions are, and whether rules or dashboards. Without critical alerts there are no copies of them.
const FILES: [(&str, Kind); 3] = [
    ("deploy/prometheus/rules/", Kind::Rules),
    ("deploy/grafana/dashboards/", Kind::Dashboards),
    ("deploy/perses/dashboards/", Kind::Dashboards),
];
const COPIES: &str = "deploy/prometheus/escalation/";

/// Where resources are that have such files in them; copies are among the rules.
const RESOURCES: [(&str, Kind); 3] = [
    ("deploy/kubernetes/rules/", Kind::Rules),
    ("deploy/kubernetes/dashboards/", Kind::Rules),
    ("deploy/perses/", Kind::Rules),
];

/// What a file is taken for at first.
#[derive(Clone, Copy)]
enum Kind {
    /// YAML, as which resources are written, too.
    Rules,
    /// JSON.
    Dashboards,
}

/// The domains of which the bundle is made know no metrics but their own. Returns how many files have expressions.
pub(super) fn check(settings: &GeneratorSettings) -> Result<usize> {
    let is_chosen = |domain: &Domain| settings.domains.is_empty() || settings.domains.contains(&domain.name);
    let chosen: Vec<Domain> = domains().into_iter().filter(is_chosen).collect();
    let checker = checker(settings, &chosen);
    let mut checked = 0;
    for (format, folders) in [(BundleFormat::Files, FILES), (BundleFormat::Kubernetes, RESOURCES)] {
        let files = generate(&GeneratorSettings { format, ..settings.clone() }, &domains())?;
        let mut findings = Vec::new();
        for (folder, kind) in folders {
            let sources = sources(&files, folder, kind)?;
            if sources.is_empty() {
                return Err(format!("{folder} has nothing to check").into());
            }
            checked += sources.len();
            findings.extend(sources.iter().flat_map(|source| source.check(&checker)));
        }
        findings.extend(sources(&files, COPIES, Kind::Rules)?.iter().flat_map(|source| source.check(&checker)));
        if !findings.is_empty() {
            let told: Vec<String> = findings.iter().map(ToString::to_string).collect();
            return Err(told.join("\n\n").into());
        }
    }
    Ok(checked)
}

fn sources(files: &GeneratedFiles, folder: &str, kind: Kind) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    for (path, text) in files.iter().filter(|(path, _)| path.starts_with(folder)) {
        let source = match kind {
            Kind::Rules => Source::rules(text),
            Kind::Dashboards => Source::dashboard(text),
        };
        sources.push(source.map_err(|error| format!("{path}: {error}"))?);
    }
    Ok(sources)
}
