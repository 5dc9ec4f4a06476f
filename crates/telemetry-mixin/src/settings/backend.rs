//! What keeps the metrics, and what differs by it.

use telemetry_core::Choice;

/// What keeps the metrics, evaluates the rules and answers the dashboards.
///
/// ```
/// use telemetry_mixin::{Backend, GeneratorSettings, generate};
///
/// let settings = GeneratorSettings { backend: Backend::VictoriaMetrics, ..GeneratorSettings::default() };
/// let files = generate(&settings, &[])?;
/// let sources = files.get("deploy/grafana/provisioning/datasources/prometheus.yaml").expect("it is always there");
/// assert!(sources.contains("http://victoriametrics:8428"));
/// # Ok::<(), telemetry_mixin::GenerateErrors>(())
/// ```
#[derive(Choice, Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Backend {
    /// Prometheus, which scrapes the collector.
    #[default]
    Prometheus,
    /// VictoriaMetrics, which takes OTLP from the collector, and vmalert beside it.
    #[choice(word = "victoriametrics")]
    VictoriaMetrics,
    /// Mimir, to which Prometheus hands on what it scrapes.
    Mimir,
}

impl Backend {
    /// Where Grafana reaches it in the compose file, or beside it.
    pub(crate) const fn url(self) -> &'static str {
        match self {
            Self::Prometheus => "http://prometheus:9090",
            Self::VictoriaMetrics => "http://victoriametrics:8428",
            Self::Mimir => "http://mimir:8080/prometheus",
        }
    }

    /// How many rules a group may have: more than these Mimir refuses (`ruler_max_rules_per_rule_group`).
    pub(crate) const fn most_rules(self) -> usize {
        match self {
            Self::Prometheus | Self::VictoriaMetrics => usize::MAX,
            Self::Mimir => 20,
        }
    }

    /// How long it keeps samples unless it is told otherwise, and what tells it.
    pub(crate) const fn retention(self) -> &'static str {
        match self {
            Self::Prometheus => "let Prometheus keep 31 (`--storage.tsdb.retention.time=31d`), its default is 15.",
            Self::VictoriaMetrics => {
                "let VictoriaMetrics keep no less than 31 (`-retentionPeriod=31d`), which is its default."
            }
            Self::Mimir => {
                "let Mimir keep no less than 31 (`-compactor.blocks-retention-period=31d`), by default it keeps all."
            }
        }
    }

    /// The labels of a service and of a process, the metric that each process has one series of, and what All stands for.
    pub(super) const fn conventions(self) -> [&'static str; 4] {
        match self {
            Self::Prometheus | Self::Mimir => ["job", "instance", "target_info", ".+"],
            // Over OTLP it makes labels of the resource's attributes, on every series, and no series of the resource.
            Self::VictoriaMetrics => ["service_name", "service_instance_id", "telemetry_process_ended", ".*"],
        }
    }
}

/// By which labels services and processes are told apart; what is `None` is as the back end has it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IdentitySettings {
    /// The label of the service: `job`, and pushed to VictoriaMetrics `service_name`.
    pub job: Option<String>,
    /// The label of the process: `instance`, and pushed to VictoriaMetrics `service_instance_id`.
    pub instance: Option<String>,
    /// The metric of which each process has one series that carries what is known of it, such as its host: `target_info`, and
    /// with VictoriaMetrics, which makes none, `telemetry_process_ended`.
    pub info: Option<String>,
}
