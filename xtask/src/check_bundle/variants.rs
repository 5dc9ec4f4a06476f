//! Bundles as others choose them, generated anew and judged as the workspace's own is.

use telemetry_core::Namespace;
use telemetry_mixin::{Backend, GeneratorSettings, IdentitySettings, WayIn, generate};

use super::files::scratch;
use super::{alertmanager, collector, expressions, prometheus};
use crate::command::Result;
use crate::domains::domains;

/// What is chosen otherwise than by default.
pub(super) struct Variant {
    name: &'static str,
    namespace: Option<&'static str>,
    domains: &'static [&'static str],
    labels: &'static [&'static str],
    export_interval: Option<&'static str>,
    backend: Backend,
    way_in: Option<WayIn>,
    /// The labels of services and processes, where they are not the back end's.
    identity: Option<[&'static str; 2]>,
}

const DEFAULT: Variant = Variant {
    name: "",
    namespace: None,
    domains: &[],
    labels: &[],
    export_interval: None,
    backend: Backend::Prometheus,
    way_in: None,
    identity: None,
};

/// A part under another name. What other labels, thresholds and receivers make of the whole, `chosen.toml` has.
pub(super) const DIFFERENT: [Variant; 2] = [
    Variant { name: "part", namespace: Some("acme"), domains: &["llm", "mcp"], ..DEFAULT },
    Variant {
        name: "pushed",
        domains: &["core"],
        way_in: Some(WayIn::Push),
        identity: Some(["app", "pod"]),
        ..DEFAULT
    },
];

/// Those for which CI has no time.
pub(super) const MORE: [Variant; 5] = [
    Variant { name: "labels", labels: &["cluster", "namespace"], ..DEFAULT },
    Variant { name: "renamed", namespace: Some("acme"), labels: &["cluster", "namespace"], ..DEFAULT },
    Variant { name: "slow", labels: &["region"], export_interval: Some("60s"), ..DEFAULT },
    Variant { name: "victoriametrics", backend: Backend::VictoriaMetrics, ..DEFAULT },
    Variant { name: "mimir", backend: Backend::Mimir, identity: Some(["service", "pod"]), ..DEFAULT },
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
        expressions::check(&settings)?;
        alertmanager::check(&deploy.join("alertmanager"))?;
        collector::check(&deploy.join("otel-collector"), self.name)?;
        match settings.backend {
            Backend::VictoriaMetrics => prometheus::check_without_config(&deploy.join("prometheus")),
            Backend::Prometheus | Backend::Mimir => prometheus::check(&deploy.join("prometheus")),
        }
    }

    fn settings(&self) -> Result<GeneratorSettings> {
        let mut settings = GeneratorSettings::default();
        if let Some(namespace) = self.namespace {
            settings.namespace = Namespace::new(namespace)?;
        }
        if let Some(interval) = self.export_interval {
            interval.clone_into(&mut settings.export_interval);
        }
        settings.backend = self.backend;
        settings.way_in = self.way_in;
        if let Some([job, instance]) = self.identity {
            let (job, instance) = (Some(job.to_owned()), Some(instance.to_owned()));
            settings.identity = IdentitySettings { job, instance, info: None };
        }
        settings.domains = self.domains.iter().map(|name| (*name).to_owned()).collect();
        settings.common_labels = self.labels.iter().map(|label| (*label).to_owned()).collect();
        Ok(settings)
    }
}

/// Whether a text names what belongs to that namespace, as metrics and as alerts write it.
fn names(text: &str, namespace: &str) -> bool {
    text.to_ascii_lowercase().contains(namespace)
}
