//! What can be chosen of a meter, and within which bounds.

use std::collections::{BTreeMap, BTreeSet};

use opentelemetry_sdk::metrics::{Instrument, Stream};

use super::view;
use crate::def::Namespace;
use crate::semconv::Semconv;

/// Settings of a [`Meter`](super::Meter).
#[derive(Debug, Clone, PartialEq)]
pub struct MeterSettings {
    /// What a leading `agentpane_` of a metric name becomes. Default: `agentpane`.
    pub namespace: Namespace,
    /// Whether detail labels (`task_id`, `session_id` on counters) are recorded. Default: no.
    pub detail_labels: bool,
    /// How many values of a free-text label are kept before the next ones fold into `_other`. Default: 100.
    pub max_label_values: usize,
    /// How many series the process keeps in all before new entities fold into `_other`. Default: 10,000.
    pub max_series: usize,
    /// Other bucket bounds, by metric name, for histograms.
    pub buckets: BTreeMap<String, Vec<f64>>,
    /// Which metrics of the OpenTelemetry semantic conventions are recorded beside our own. Default: none.
    pub semconv: BTreeSet<Semconv>,
}

impl Default for MeterSettings {
    fn default() -> Self {
        Self {
            namespace: Namespace::DEFAULT,
            detail_labels: false,
            max_label_values: 100,
            max_series: 10_000,
            buckets: BTreeMap::new(),
            semconv: BTreeSet::new(),
        }
    }
}

impl MeterSettings {
    /// The most values that [`max_label_values`](Self::max_label_values) may allow.
    pub const MOST_LABEL_VALUES: usize = 10_000;
    /// The most series that [`max_series`](Self::max_series) may allow.
    pub const MOST_SERIES: usize = 1_000_000;

    /// A view for `SdkMeterProvider::builder().with_view(…)`: it raises or lowers the SDK's own limit of series, which
    /// only a view can, to what each metric's labels can need, so that this crate's guard is the one that decides.
    pub fn view(&self) -> impl Fn(&Instrument) -> Option<Stream> + Send + Sync + 'static {
        view::view
    }

    /// Checks every setting.
    ///
    /// # Errors
    ///
    /// [`MeterError`] for the first one out of range.
    pub fn validate(&self) -> Result<(), MeterError> {
        range("max_label_values", self.max_label_values, 1, Self::MOST_LABEL_VALUES)?;
        range("max_series", self.max_series, 1, Self::MOST_SERIES)?;
        for (metric, bounds) in &self.buckets {
            let rising = bounds.windows(2).all(|pair| pair[0] < pair[1]);
            if bounds.is_empty() || !rising || bounds.iter().any(|bound| !bound.is_finite()) {
                return Err(MeterError::Buckets { metric: metric.clone(), value: bounds.clone() });
            }
        }
        Ok(())
    }
}

fn range(setting: &'static str, value: usize, least: usize, most: usize) -> Result<(), MeterError> {
    if (least..=most).contains(&value) { Ok(()) } else { Err(MeterError::Range { setting, value, least, most }) }
}

/// A setting of the meter that is not accepted.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MeterError {
    /// A number out of range.
    #[error("{setting} = {value} is not accepted: from {least} to {most}")]
    Range {
        /// The setting.
        setting: &'static str,
        /// Its value.
        value: usize,
        /// The least value accepted.
        least: usize,
        /// The greatest value accepted.
        most: usize,
    },
    /// Bucket bounds that make no histogram.
    #[error("buckets of {metric} = {value:?} are not accepted: at least one bound, finite, each above the one before")]
    Buckets {
        /// The metric.
        metric: String,
        /// The bounds given.
        value: Vec<f64>,
    },
}
