//! The SDK's own limit of series, which only a view can set, and a view is asked by instrument name alone. So the limit
//! is handed to it beside the call: the SDK asks its views on the thread that builds the instrument.

use std::cell::Cell;

use opentelemetry_sdk::metrics::{Instrument, Stream};

use super::MeterSettings;
use crate::def::{LabelValues, MetricDef};

thread_local! {
    static LIMIT: Cell<Option<usize>> = const { Cell::new(None) };
}

/// Builds an instrument while the view knows its limit.
pub(super) fn with_limit<T>(limit: usize, build: impl FnOnce() -> T) -> T {
    struct Reset;
    impl Drop for Reset {
        fn drop(&mut self) {
            LIMIT.set(None);
        }
    }
    LIMIT.set(Some(limit));
    let _reset = Reset;
    build()
}

pub(super) fn view(_: &Instrument) -> Option<Stream> {
    let limit = LIMIT.get()?;
    Stream::builder().with_cardinality_limit(limit).build().ok()
}

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

fn values(label: &crate::def::LabelDef) -> usize {
    match label.values {
        LabelValues::Closed(values) => values.len(),
        LabelValues::Text | LabelValues::Detail | LabelValues::Described(_) => 1,
    }
}
