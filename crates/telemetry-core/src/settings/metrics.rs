//! Settings of how metrics are exported, and how many series there may be.

use std::time::Duration;

use opentelemetry_sdk::metrics::Temporality;

use super::SettingsError;
use super::check::{count, duration};
use super::choice::HistogramAggregation;
use super::layers::Layers;
use super::list::{BUCKETS_ACCEPTED, Buckets};
use super::node::{FromNode, Node, Syntax};
use super::variable::{At, Variable};
use crate::{MeterSettings, Namespace};

/// Export of metrics, and what guards their number.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Metrics {
    /// How often metrics are exported: `OTEL_METRIC_EXPORT_INTERVAL`, milliseconds. Default: 15 s, because alerts that
    /// wait 30 s need two points in that time.
    pub export_interval: Option<Duration>,
    /// How long one export may take, retries included: `OTEL_METRIC_EXPORT_TIMEOUT`, milliseconds. The shorter of this
    /// and [`OtlpSignal::timeout`](super::OtlpSignal::timeout) holds. Default: that one's.
    pub export_timeout: Option<Duration>,
    /// Whether sums go on for ever (`cumulative`), start anew with every export (`delta`), or the latter for
    /// synchronous instruments only (`lowmemory`): `OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE`. Default:
    /// `cumulative`, with which no count is lost while the collector is away.
    pub temporality: Option<Temporality>,
    /// How histograms are aggregated: `OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION`. Only
    /// `explicit_bucket_histogram`, for every histogram declares its buckets.
    pub histogram_aggregation: Option<HistogramAggregation>,
    /// The prefix of the metrics that follow the namespace: `TELEMETRY_NAMESPACE`. Default: `agentpane`.
    pub namespace: Option<Namespace>,
    /// Whether detail labels (`task_id`, `session_id`) are recorded: `TELEMETRY_DETAIL_LABELS`. Default: false.
    pub detail_labels: Option<bool>,
    /// How many values a free-text label takes before the next ones fold into `_other`: `TELEMETRY_MAX_LABEL_VALUES`,
    /// from 1 to 100,000. Default: 100.
    pub max_label_values: Option<usize>,
    /// How many series the process keeps: `TELEMETRY_MAX_SERIES`, from 1 to 1,000,000. Default: 10,000.
    pub max_series: Option<usize>,
    /// Bucket bounds in place of the declared ones: `TELEMETRY_BUCKETS`, such as
    /// `runtime_tool_execute_seconds=0.1,1,10;runtime_tool_output_bytes=1e3,1e6`, in a file a map of lists. Those of
    /// several sources are joined. Default: none.
    pub buckets: Option<Buckets>,
}

const INTERVAL: &str = "metrics.export_interval";
const TIMEOUT: &str = "metrics.export_timeout";
const LABEL_VALUES: &str = "metrics.max_label_values";
const SERIES: &str = "metrics.max_series";
const BUCKETS: &str = "metrics.buckets";

pub(super) const VARIABLES: &[Variable] = &[
    Variable::new(INTERVAL, "OTEL_METRIC_EXPORT_INTERVAL", "60000", &At(|s| &mut s.metrics.export_interval)),
    Variable::new(TIMEOUT, "OTEL_METRIC_EXPORT_TIMEOUT", "30000", &At(|s| &mut s.metrics.export_timeout)),
    Variable::new("metrics.temporality", "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "delta", {
        &At(|s| &mut s.metrics.temporality)
    }),
    Variable::new(
        "metrics.histogram_aggregation",
        "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
        "explicit_bucket_histogram",
        &At(|s| &mut s.metrics.histogram_aggregation),
    ),
    Variable::new("metrics.namespace", "TELEMETRY_NAMESPACE", "acme", &At(|s| &mut s.metrics.namespace)),
    Variable::new("metrics.detail_labels", "TELEMETRY_DETAIL_LABELS", "true", &At(|s| &mut s.metrics.detail_labels)),
    Variable::new(LABEL_VALUES, "TELEMETRY_MAX_LABEL_VALUES", "500", &At(|s| &mut s.metrics.max_label_values)),
    Variable::new(SERIES, "TELEMETRY_MAX_SERIES", "50000", &At(|s| &mut s.metrics.max_series)),
    Variable::new(BUCKETS, "TELEMETRY_BUCKETS", "runtime_tool_execute_seconds=0.1,1,10", {
        &At(|s| &mut s.metrics.buckets)
    }),
];

/// How often metrics are exported.
pub(super) fn interval(layers: &Layers) -> Result<Duration, SettingsError> {
    let metrics = &layers.settings.metrics;
    duration(layers, TIMEOUT, metrics.export_timeout, Duration::from_secs(60))?;
    duration(layers, INTERVAL, metrics.export_interval, Duration::from_secs(15))
}

/// What the meter is built with.
pub(super) fn meter(layers: &Layers) -> Result<MeterSettings, SettingsError> {
    let (metrics, default) = (&layers.settings.metrics, MeterSettings::default());
    let buckets = metrics.buckets.clone().unwrap_or_default().0;
    for (metric, bounds) in &buckets {
        let rising = bounds.windows(2).all(|pair| pair[0] < pair[1]);
        if metric.is_empty() || bounds.is_empty() || !rising || !bounds.iter().all(|bound| bound.is_finite()) {
            return Err(layers.refuse(BUCKETS, format!("{metric}={bounds:?}"), BUCKETS_ACCEPTED));
        }
    }
    Ok(MeterSettings {
        namespace: metrics.namespace.clone().unwrap_or(default.namespace),
        detail_labels: metrics.detail_labels.unwrap_or(default.detail_labels),
        max_label_values: {
            let most = MeterSettings::MOST_LABEL_VALUES;
            count(layers, LABEL_VALUES, metrics.max_label_values, default.max_label_values, 1, most)?
        },
        max_series: { count(layers, SERIES, metrics.max_series, default.max_series, 1, MeterSettings::MOST_SERIES)? },
        buckets,
        semconv: layers.settings.semconv.iter().flatten().copied().collect(),
        domains: default.domains,
    })
}

impl FromNode for Temporality {
    fn from_node(node: &Node, _: Syntax) -> Result<Self, String> {
        match node.text().map(str::to_ascii_lowercase).as_deref() {
            Some("cumulative") => Ok(Self::Cumulative),
            Some("delta") => Ok(Self::Delta),
            Some("lowmemory") => Ok(Self::LowMemory),
            _ => Err("cumulative, delta or lowmemory".to_owned()),
        }
    }
}

impl FromNode for Namespace {
    fn from_node(node: &Node, _: Syntax) -> Result<Self, String> {
        let accepted = || "a name of a-z, 0-9 and single underscores that starts with a letter".to_owned();
        Self::new(node.text().ok_or_else(accepted)?).map_err(|_| accepted())
    }
}
