//! Bundles as others choose them, generated anew and judged as the workspace's own is.

use std::fs;
use std::path::{Path, PathBuf};

use telemetry_core::Namespace;
use telemetry_mixin::model::Domain;
use telemetry_mixin::{GeneratorSettings, Source, checker, generate};

use super::files::{scratch, yaml};
use super::{alertmanager, prometheus};
use crate::command::Result;
use crate::domains::domains;

/// What is chosen otherwise than by default.
pub(super) struct Variant {
    name: &'static str,
    namespace: Option<&'static str>,
    domains: &'static [&'static str],
    labels: &'static [&'static str],
    export_interval: Option<&'static str>,
}

const DEFAULT: Variant = Variant { name: "", namespace: None, domains: &[], labels: &[], export_interval: None };

/// A part under another name. What other labels, thresholds and receivers make of the whole, `chosen.toml` has.
pub(super) const DIFFERENT: [Variant; 1] =
    [Variant { name: "part", namespace: Some("acme"), domains: &["llm", "mcp"], ..DEFAULT }];

/// Those for which CI has no time.
pub(super) const MORE: [Variant; 3] = [
    Variant { name: "labels", labels: &["cluster", "namespace"], ..DEFAULT },
    Variant { name: "renamed", namespace: Some("acme"), labels: &["cluster", "namespace"], ..DEFAULT },
    Variant { name: "slow", labels: &["region"], export_interval: Some("60s"), ..DEFAULT },
];

impl Variant {
    pub(super) fn check(&self) -> Result {
        self.judged().map_err(|error| format!("the bundle `{}`: {error}", self.name).into())
    }

    fn judged(&self) -> Result {
        let settings = self.settings()?;
        let files = generate(&settings, &domains())?;
        if settings.namespace != Namespace::DEFAULT
            && let Some((path, _)) = files.iter().find(|(_, text)| names(text, Namespace::DEFAULT.as_str()))
        {
            return Err(format!("{path} has names of `{}`", Namespace::DEFAULT).into());
        }
        let folder = scratch(&format!("variants/{}", self.name))?;
        files.write_to(&folder)?;
        let deploy = folder.join("deploy");
        self.checked(&settings, &deploy)?;
        alertmanager::check(&deploy.join("alertmanager"))?;
        prometheus::check(&deploy.join("prometheus"))
    }

    fn settings(&self) -> Result<GeneratorSettings> {
        let mut settings = GeneratorSettings::default();
        if let Some(namespace) = self.namespace {
            settings.namespace = Namespace::new(namespace)?;
        }
        if let Some(interval) = self.export_interval {
            interval.clone_into(&mut settings.export_interval);
        }
        settings.domains = self.domains.iter().map(|name| (*name).to_owned()).collect();
        settings.common_labels = self.labels.iter().map(|label| (*label).to_owned()).collect();
        Ok(settings)
    }

    /// What our own checker says of it, which knows the metrics of the chosen domains alone.
    fn checked(&self, settings: &GeneratorSettings, deploy: &Path) -> Result {
        let is_chosen = |domain: &Domain| self.domains.is_empty() || self.domains.contains(&domain.name.as_str());
        let chosen: Vec<Domain> = domains().into_iter().filter(is_chosen).collect();
        let checker = checker(settings, &chosen);
        let mut findings = Vec::new();
        for file in yaml(&deploy.join("prometheus/rules"))? {
            findings.extend(Source::rules(&fs::read_to_string(file)?)?.check(&checker));
        }
        for file in dashboards(deploy)? {
            findings.extend(Source::dashboard(&fs::read_to_string(file)?)?.check(&checker));
        }
        if findings.is_empty() {
            return Ok(());
        }
        let told: Vec<String> = findings.iter().map(ToString::to_string).collect();
        Err(told.join("\n\n").into())
    }
}

fn dashboards(deploy: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(deploy.join("grafana/dashboards"))? {
        files.push(entry?.path());
    }
    files.retain(|file| file.extension().is_some_and(|end| end == "json"));
    if files.is_empty() { Err("it has no dashboards".into()) } else { Ok(files) }
}

/// Whether a text names what belongs to that namespace, as metrics and as alerts write it.
fn names(text: &str, namespace: &str) -> bool {
    text.to_ascii_lowercase().contains(namespace)
}
