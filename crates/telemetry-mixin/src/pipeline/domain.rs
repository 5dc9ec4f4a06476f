//! The domain as the generator takes it.

use crate::model::{Domain, Mixin};

use super::{alerts, board, certificates, collector, inhibitor};

/// The telemetry's own domain, `core`. What it measures telemetry-core declares, which knows nothing of dashboards; what
/// the collector measures of itself is another system's.
///
/// ```
/// use telemetry_mixin::{GeneratorSettings, generate, pipeline};
///
/// let files = generate(&GeneratorSettings::default(), &[pipeline::domain()])?;
/// assert!(files.get("deploy/grafana/dashboards/telemetry-pipeline.json").is_some());
/// # Ok::<(), telemetry_mixin::GenerateErrors>(())
/// ```
#[must_use]
pub fn domain() -> Domain {
    Domain::new("core", telemetry_core::CATALOGUE, mixin())
}

/// Its dashboard and alerts.
#[must_use]
pub fn mixin() -> Mixin {
    let mixin = Mixin::new()
        .dashboard(board::telemetry_pipeline())
        .rules(collector::rules())
        .alert(collector::down())
        .alert(collector::loses_data())
        .alert(collector::refuses_data())
        .alert(collector::queue_filling())
        .alert(alerts::export_failing())
        .alert(alerts::dropped())
        .alert(alerts::values_left_out())
        .alert(alerts::series_overflow())
        .alert(certificates::expiring())
        .alert(inhibitor::info_inhibitor());
    collector::metrics().into_iter().fold(mixin, Mixin::foreign)
}
