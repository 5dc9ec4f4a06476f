//! What an operator chooses of the generated files.

mod backend;
mod dashboards;
mod form;
mod histograms;
mod kubernetes;
mod severities;
mod way_in;

use std::collections::BTreeMap;
use std::time::Duration;

use promql_parser::util::parse_duration;
use telemetry_core::Namespace;

use crate::model::Severity;
use crate::notify::AlertmanagerSettings;
use crate::promql::escaped;

pub use backend::{Backend, IdentitySettings};
pub use dashboards::DashboardTool;
pub use histograms::Histograms;
pub use kubernetes::{BundleFormat, KubernetesSettings};
pub use severities::SeverityWords;
pub use way_in::WayIn;

pub(crate) use form::{
    CHANNEL, FOLDER, Form, HOST_AND_PORT, LONGEST_IN_PERSES, PROJECT, RESOURCE, RESOURCE_LABEL, RESOURCE_VALUE, TEAM,
    TIME_OF_DAY, TIME_ZONE, WORD, is_in_perses,
};

/// What an operator chooses of the generated files.
#[derive(Debug, Clone, PartialEq)]
pub struct GeneratorSettings {
    /// What replaces the leading `agentpane_` of names; the default is `agentpane`.
    pub namespace: Namespace,
    /// The domains to render, by their short names or by those of their crates (`llm`, `telemetry-llm`); none means all.
    pub domains: Vec<String>,
    /// What keeps the metrics. Its labels, its address and its limits are the defaults of other settings.
    pub backend: Backend,
    /// On which way applications' metrics come there from the collector. By default they are scraped, and with VictoriaMetrics
    /// pushed, unless `identity.job` is `job`.
    pub way_in: Option<WayIn>,
    /// By which labels services and processes are told apart, where they are not those of the back end.
    pub identity: IdentitySettings,
    /// What All stands for in a dashboard's variables: `.+` by default, which means series that have the label, and with
    /// VictoriaMetrics `.*`. `grafana.all_value` in a file of settings.
    pub all_value: Option<String>,
    /// The jobs that rules and alerts are about and that dashboards offer, as a regular expression: `acme-.*`. By default
    /// all that send the metrics.
    pub jobs: Option<String>,
    /// Other thresholds, windows, times, severities and teams than the declared ones, by the alert's name.
    pub alerts: BTreeMap<String, AlertSettings>,
    /// Other objectives than the declared ones, by the objective's name: shares of good events between 0 and 1.
    pub objectives: BTreeMap<String, f64>,
    /// The names of alerts that there shall not be.
    pub disabled_alerts: Vec<String>,
    /// Who acts in place of a declared team, by its name: what `agents` do the house's `bots` do.
    pub teams: BTreeMap<String, String>,
    /// What the severities are called.
    pub severities: SeverityWords,
    /// Labels that the scrape or the collector adds to every series, beside `job` and `instance`: with `job` they tell one
    /// service from another, so that every alert and every recording keeps them.
    /// `aggregation_labels` in a file of settings.
    pub common_labels: Vec<String>,
    /// Where Grafana is reached, for the alerts' links to dashboards.
    pub grafana_url: String,
    /// Where Perses is reached, for the same links where Perses is the first of `dashboards`.
    pub perses_url: String,
    /// The project of Perses that the dashboards are in: by default one that is called as the namespace, and with resources of
    /// Kubernetes as the namespace there.
    pub perses_project: Option<String>,
    /// Where the runbooks are reached; a page is `<url>/<alert>.md`.
    pub runbooks_url: String,
    /// Where Grafana and Perses reach Prometheus, or another back end; by default where the compose file has it.
    pub prometheus_url: Option<String>,
    /// What Grafana's data source of metrics is called.
    pub prometheus_name: String,
    /// The uid of Grafana's data source of metrics.
    pub prometheus_uid: String,
    /// How often every dashboard reloads, as Grafana writes it; by default each as it is declared.
    pub refresh: Option<String>,
    /// The label of `target_info` under which instances are shown, which are UUIDs: `host_name` by default, which on
    /// Kubernetes is the pod.
    pub instance_label: String,
    /// Where traces are, for links from panels and exemplars; by default a Tempo.
    pub traces: Option<Traces>,
    /// Where log records are, for links from panels; by default a Loki.
    pub logs: Option<Logs>,
    /// How often metrics are exported; Grafana's `$__rate_interval` is at least four times that. The default, `15s`,
    /// is that of the exporter.
    pub export_interval: String,
    /// In which form Prometheus keeps the histograms of applications; every expression reads that one.
    pub histograms: Histograms,
    /// How often rules are evaluated; `30s` by default, so that an alert that holds for 30 s is looked at twice.
    pub rule_interval: String,
    /// Who is told of alerts, and when.
    pub alertmanager: AlertmanagerSettings,
    /// Whose dashboards are written, and at the first of them where the alerts' links lead; by default all, and Grafana first.
    pub dashboards: Vec<DashboardTool>,
    /// As what the files for Grafana and Prometheus are written.
    pub format: BundleFormat,
    /// What is chosen of them where they are resources of Kubernetes.
    pub kubernetes: KubernetesSettings,
}

impl Default for GeneratorSettings {
    fn default() -> Self {
        Self {
            namespace: Namespace::DEFAULT,
            domains: Vec::new(),
            backend: Backend::default(),
            way_in: None,
            identity: IdentitySettings::default(),
            all_value: None,
            jobs: None,
            alerts: BTreeMap::new(),
            objectives: BTreeMap::new(),
            disabled_alerts: Vec::new(),
            teams: BTreeMap::new(),
            severities: SeverityWords::default(),
            common_labels: Vec::new(),
            grafana_url: "http://localhost:3000".to_owned(),
            perses_url: "http://localhost:8080".to_owned(),
            perses_project: None,
            runbooks_url: "http://localhost:3000/public/runbooks".to_owned(),
            prometheus_url: None,
            prometheus_name: "Prometheus".to_owned(),
            prometheus_uid: "prometheus".to_owned(),
            refresh: None,
            instance_label: "host_name".to_owned(),
            traces: Some(Traces::new(TraceStore::Tempo, "http://tempo:3200")),
            logs: Some(Logs::new(LogStore::Loki, "http://loki:3100")),
            export_interval: "15s".to_owned(),
            histograms: Histograms::default(),
            rule_interval: "30s".to_owned(),
            alertmanager: AlertmanagerSettings::default(),
            dashboards: DashboardTool::ALL.to_vec(),
            format: BundleFormat::default(),
            kubernetes: KubernetesSettings::default(),
        }
    }
}

/// What keeps traces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TraceStore {
    /// Grafana Tempo.
    Tempo,
    /// Jaeger.
    Jaeger,
}

impl TraceStore {
    /// The name of Grafana's plugin, which is the data source's uid, too, unless set otherwise.
    #[must_use]
    pub const fn plugin(self) -> &'static str {
        match self {
            Self::Tempo => "tempo",
            Self::Jaeger => "jaeger",
        }
    }
}

/// What keeps log records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogStore {
    /// Grafana Loki.
    Loki,
    /// VictoriaLogs, of which Grafana needs the plugin.
    VictoriaLogs,
}

impl LogStore {
    /// The name of Grafana's plugin.
    #[must_use]
    pub const fn plugin(self) -> &'static str {
        match self {
            Self::Loki => "loki",
            Self::VictoriaLogs => "victoriametrics-logs-datasource",
        }
    }
}

/// Grafana's data source of traces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traces {
    /// What keeps them.
    pub store: TraceStore,
    /// The data source's uid.
    pub uid: String,
    /// Where Grafana reaches it.
    pub url: String,
}

impl Traces {
    /// That store at that address, under a uid that is the store's name.
    #[must_use]
    pub fn new(store: TraceStore, url: impl Into<String>) -> Self {
        Self { store, uid: store.plugin().to_owned(), url: url.into() }
    }
}

/// Grafana's data source of log records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logs {
    /// What keeps them.
    pub store: LogStore,
    /// The data source's uid.
    pub uid: String,
    /// Where Grafana reaches it.
    pub url: String,
}

impl Logs {
    /// That store at that address, under the uid `loki` or `victorialogs`.
    #[must_use]
    pub fn new(store: LogStore, url: impl Into<String>) -> Self {
        let uid = match store {
            LogStore::Loki => "loki",
            LogStore::VictoriaLogs => "victorialogs",
        };
        Self { store, uid: uid.to_owned(), url: url.into() }
    }
}

/// What an operator sets of one alert; what is `None` stays as declared.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AlertSettings {
    /// What the expression compares with.
    pub threshold: Option<f64>,
    /// The window of its rates, as Prometheus writes a duration.
    pub window: Option<String>,
    /// How long it has to hold, as Prometheus writes a duration.
    pub hold: Option<String>,
    /// How urgent it is.
    pub severity: Option<Severity>,
    /// Who acts.
    pub team: Option<String>,
    /// What the expression compares with for single values of a label that the alert keeps, by the label and the value:
    /// `{"tool_id": {"slow-tool": 0.5}}`.
    pub for_values: BTreeMap<String, BTreeMap<String, f64>>,
}

impl GeneratorSettings {
    /// Whether the domain is to be rendered that has either of these names.
    pub(crate) fn wants(&self, domain: &str, crate_name: &str) -> bool {
        self.domains.is_empty() || self.domains.iter().any(|wanted| wanted == domain || wanted == crate_name)
    }

    /// The labels that tell one service from another, which every alert and every recording keeps, as they are declared.
    pub(crate) fn aggregation_labels(&self) -> Vec<&str> {
        std::iter::once("job").chain(self.common_labels.iter().map(String::as_str)).collect()
    }

    /// On which way applications' metrics come from the collector.
    pub(crate) fn way_in(&self) -> WayIn {
        // By the label of a scrape it scrapes, unless it is told to be pushed to.
        let pushes = self.backend == Backend::VictoriaMetrics && self.identity.job.as_deref() != Some("job");
        self.way_in.unwrap_or(if pushes { WayIn::Push } else { WayIn::Scrape })
    }

    /// What the back end calls things. What it scrapes is as Prometheus has it, whoever keeps it.
    fn conventions(&self) -> [&'static str; 4] {
        let is_scraped = self.way_in() == WayIn::Scrape;
        if is_scraped { Backend::Prometheus } else { self.backend }.conventions()
    }

    /// The label of the service.
    pub(crate) fn job(&self) -> &str {
        self.identity.job.as_deref().unwrap_or(self.conventions()[0])
    }

    /// The label of the process.
    pub(crate) fn instance(&self) -> &str {
        self.identity.instance.as_deref().unwrap_or(self.conventions()[1])
    }

    /// The metric that says what is known of a process.
    pub(crate) fn info(&self) -> &str {
        self.identity.info.as_deref().unwrap_or(self.conventions()[2])
    }

    /// What All stands for in variables of dashboards.
    pub(crate) fn all(&self) -> &str {
        self.all_value.as_deref().unwrap_or(self.conventions()[3])
    }

    /// Where Grafana and Perses reach what keeps the metrics.
    pub(crate) fn metrics_url(&self) -> &str {
        self.prometheus_url.as_deref().unwrap_or(self.backend.url())
    }

    /// Where Mimir takes what Prometheus hands on.
    pub(crate) fn written_to(&self) -> String {
        let mimir = self.metrics_url().trim_end_matches('/');
        format!("{}/api/v1/push", mimir.strip_suffix("/prometheus").unwrap_or(mimir))
    }

    pub(crate) fn runbook_url(&self, runbook: &str) -> String {
        format!("{}/{runbook}.md", self.runbooks_url.trim_end_matches('/'))
    }

    /// The regular expression of the jobs as it stands within quotes.
    pub(crate) fn jobs_in_quotes(&self) -> Option<String> {
        self.jobs.as_deref().map(escaped)
    }

    /// The uid of a dashboard, by which links find it.
    pub(crate) fn uid(&self, slug: &str) -> String {
        format!("{}-{slug}", self.namespace)
    }
}

/// Whether series may have a label of that name.
pub(crate) fn is_label(name: &str) -> bool {
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && !name.starts_with("__");
    starts && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A time as Prometheus writes it, if it is one above zero.
pub(crate) fn time(text: &str) -> Option<Duration> {
    let ends_in_unit = text.ends_with(|c: char| c.is_ascii_alphabetic());
    parse_duration(text).ok().filter(|time| ends_in_unit && !time.is_zero())
}
