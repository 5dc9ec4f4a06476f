//! What keeps the metrics has to be started with, beside its configuration.

use super::attributes::promoted_by_victoriametrics;
use crate::settings::{GeneratorSettings, WayIn};

/// How long samples are kept samples: objectives look back 30 days.
pub(crate) const RETENTION: &str = "40d";

/// What Prometheus does not do unless it is asked to.
pub(crate) const FEATURES: [&str; 2] = ["created-timestamp-zero-ingestion", "exemplar-storage"];

/// By this flag Prometheus takes OTLP.
pub(crate) const OTLP_FLAG: &str = "--web.enable-otlp-receiver";

/// Whether the collector pushes applications' metrics.
pub(crate) fn is_pushed(settings: &GeneratorSettings) -> bool {
    settings.way_in() == WayIn::Push
}

/// What VictoriaMetrics is told to make of OTLP: names as they are declared, and of the resource what dashboards ask for.
/// Scraped, it needs none of it.
pub(crate) fn victoriametrics_flags(settings: &GeneratorSettings) -> Vec<String> {
    if !is_pushed(settings) {
        return Vec::new();
    }
    let attributes = promoted_by_victoriametrics(settings).join(",");
    vec![
        "-opentelemetry.usePrometheusNaming".to_owned(),
        "-opentelemetry.promoteScopeMetadata=false".to_owned(),
        "-opentelemetry.promoteAllResourceAttributes=false".to_owned(),
        format!("-opentelemetry.promoteResourceAttributes={attributes}"),
    ]
}
