//! How many series a metric can need, as its labels and the settings have it.

use super::settings::MeterSettings;
use crate::def::{LabelDef, LabelValues, MetricDef};

/// The most series that a metric can have under the guard, its overflow series among them: without a free-text label the
/// closed labels' combinations; else what the process may have, once for the names that anybody may have made up and once
/// for registered ones. The labels' own limits say nothing here, since registered values stand beside them.
pub(super) fn limit(def: &MetricDef, settings: &MeterSettings) -> usize {
    let closed: usize = def.closed.iter().map(values).product();
    let is_free = def.entity.iter().any(|label| settings.detail_labels || !label.is_detail());
    if is_free { settings.max_series.saturating_mul(2) + closed } else { closed.max(1) }
}

fn values(label: &LabelDef) -> usize {
    match label.values {
        LabelValues::Closed(values) => values.len(),
        LabelValues::Text | LabelValues::Detail | LabelValues::Described(_) => 1,
    }
}
