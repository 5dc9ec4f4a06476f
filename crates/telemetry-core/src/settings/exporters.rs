//! Settings of where each signal goes.

use super::SettingsError;
use super::layers::Layers;
use super::node::{FromNode, Node, Syntax, words};
use super::variable::{At, Variable};

/// Which exporters each signal has. Each is `otlp` or `none`; metrics also take `prometheus`, alone or as
/// `otlp,prometheus`. Default: `otlp`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Exporters {
    /// Of spans: `OTEL_TRACES_EXPORTER`.
    pub traces: Option<ExporterSet>,
    /// Of metrics: `OTEL_METRICS_EXPORTER`.
    pub metrics: Option<ExporterSet>,
    /// Of log records: `OTEL_LOGS_EXPORTER`.
    pub logs: Option<ExporterSet>,
}

/// Where one signal goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExporterSet {
    /// Pushed over OTLP.
    pub otlp: bool,
    /// Served for Prometheus to scrape; only metrics can be.
    pub prometheus: bool,
}

impl ExporterSet {
    /// Nowhere.
    pub const NONE: Self = Self { otlp: false, prometheus: false };
    /// Pushed over OTLP.
    pub const OTLP: Self = Self { otlp: true, prometheus: false };
    /// Served for Prometheus to scrape.
    pub const PROMETHEUS: Self = Self { otlp: false, prometheus: true };
}

impl FromNode for ExporterSet {
    fn from_node(node: &Node, _: Syntax) -> Result<Self, String> {
        let items = words(node).unwrap_or_default();
        let names: Vec<_> = items.iter().map(String::as_str).collect();
        match names[..] {
            ["none"] => Ok(Self::NONE),
            ["otlp"] => Ok(Self::OTLP),
            ["prometheus"] => Ok(Self::PROMETHEUS),
            ["otlp", "prometheus"] | ["prometheus", "otlp"] => Ok(Self { otlp: true, prometheus: true }),
            _ if names.contains(&"console") => {
                Err("otlp, none and for metrics prometheus (console is refused: it would mix with the application's \
                     own output)"
                    .to_owned())
            }
            _ => Err("otlp, none and for metrics prometheus or otlp,prometheus".to_owned()),
        }
    }
}

pub(super) const METRICS: &str = "exporters.metrics";
const TRACES: &str = "exporters.traces";
const LOGS: &str = "exporters.logs";

pub(super) const VARIABLES: &[Variable] = &[
    Variable::new(TRACES, "OTEL_TRACES_EXPORTER", "none", &At(|s| &mut s.exporters.traces)),
    Variable::new(METRICS, "OTEL_METRICS_EXPORTER", "none", &At(|s| &mut s.exporters.metrics)),
    Variable::new(LOGS, "OTEL_LOGS_EXPORTER", "none", &At(|s| &mut s.exporters.logs)),
];

/// The exporters of each signal.
pub(super) struct Chosen {
    pub(super) traces: ExporterSet,
    pub(super) metrics: ExporterSet,
    pub(super) logs: ExporterSet,
}

/// The exporters, of which only those of metrics may be Prometheus.
pub(super) fn resolve(layers: &Layers) -> Result<Chosen, SettingsError> {
    let exporters = &layers.settings.exporters;
    let pushed = |key, set: Option<ExporterSet>| match set.unwrap_or(ExporterSet::OTLP) {
        set if set.prometheus => Err(layers.refuse(key, "prometheus", "otlp or none (Prometheus takes only metrics)")),
        set => Ok(set),
    };
    Ok(Chosen {
        traces: pushed(TRACES, exporters.traces)?,
        metrics: exporters.metrics.unwrap_or(ExporterSet::OTLP),
        logs: pushed(LOGS, exporters.logs)?,
    })
}
