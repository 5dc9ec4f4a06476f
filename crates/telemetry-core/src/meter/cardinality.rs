//! How many series a metric can need, as its labels and the settings have it.

use super::settings::MeterSettings;
use crate::def::{LabelDef, LabelValues, MetricDef};

/// The most series that a metric can have under the guard: the known values of each free-text label and `_other`,
/// times the closed labels' combinations, and no more than the process may have, its overflow series beside them.
pub(super) fn limit(def: &MetricDef, settings: &MeterSettings) -> usize {
    let closed: usize = def.closed.iter().map(values).product();
    let entity: usize = def
        .entity
        .iter()
        .filter(|label| settings.detail_labels || !label.is_detail())
        .map(|label| label.max_values.unwrap_or(settings.max_label_values) + 1)
        .fold(1, usize::saturating_mul);
    entity.saturating_mul(closed).min(settings.max_series + closed).max(1)
}

fn values(label: &LabelDef) -> usize {
    match label.values {
        LabelValues::Closed(values) => values.len(),
        LabelValues::Text | LabelValues::Detail | LabelValues::Described(_) => 1,
    }
}
