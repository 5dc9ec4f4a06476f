//! Settings of how metrics are exported.

use std::time::Duration;

use opentelemetry_sdk::metrics::Temporality;

use super::choice::HistogramAggregation;
use crate::setting::{Node, SettingValue, Syntax, one_of};

/// How metrics are exported.
#[derive(crate::Settings, Debug, Clone, PartialEq)]
#[settings(title = "Export of metrics")]
pub struct Metrics {
    /// How often metrics are exported. Alerts that wait 30 s need two points in that time, hence the default.
    #[setting(
        env = "OTEL_METRIC_EXPORT_INTERVAL", default = "15s", accepts = "1ms"..="24h", builder = "metric_interval",
        example = "60s"
    )]
    pub export_interval: Option<Duration>,
    /// How long one export may take, retries included. The shorter of this and the metrics' timeout of OTLP holds.
    #[setting(
        env = "OTEL_METRIC_EXPORT_TIMEOUT", accepts = "1ms"..="24h", unset = "the metrics' timeout of OTLP",
        example = "30s"
    )]
    pub export_timeout: Option<Duration>,
    /// Whether sums go on for ever (`cumulative`), start anew with every export (`delta`), or the latter for
    /// synchronous instruments only (`lowmemory`). With `cumulative` no count is lost while the collector is away.
    #[setting(
        env = "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", default = Temporality::Cumulative, example = "delta"
    )]
    pub temporality: Option<Temporality>,
    /// How histograms are aggregated.
    #[setting(
        env = "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
        default = HistogramAggregation::ExplicitBucket
    )]
    pub histogram_aggregation: Option<HistogramAggregation>,
}

const TEMPORALITIES: [(&str, Temporality); 3] =
    [("cumulative", Temporality::Cumulative), ("delta", Temporality::Delta), ("lowmemory", Temporality::LowMemory)];

impl SettingValue for Temporality {
    fn accepted(_: Syntax) -> String {
        one_of(&TEMPORALITIES.map(|(name, _)| name))
    }

    fn read(node: &Node, syntax: Syntax) -> Result<Self, String> {
        let named = |text: &str| TEMPORALITIES.into_iter().find(|(name, _)| text.eq_ignore_ascii_case(name));
        node.text().and_then(named).map(|(_, temporality)| temporality).ok_or_else(|| Self::accepted(syntax))
    }

    fn write(&self) -> String {
        let named = TEMPORALITIES.into_iter().find(|(_, temporality)| temporality == self);
        named.map_or(String::new(), |(name, _)| name.to_owned())
    }
}
