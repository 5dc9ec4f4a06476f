//! What the platform did, counted without the telemetry, to compare it with what arrived.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

/// What the platform did, counted without the telemetry: the truth that what arrived is compared with.
#[derive(Debug, Default)]
pub(crate) struct Ledger(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    series: BTreeMap<(String, BTreeMap<String, String>), u64>,
    spans: BTreeMap<String, u64>,
    logs: BTreeMap<String, u64>,
}

/// The ledger at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// Counters by their value, histograms by their number of measurements, gauges by their value at the end.
    pub series: Vec<RecordedSeries>,
    /// How many spans of each name ended.
    pub spans: BTreeMap<String, u64>,
    /// How many log records of each message were written.
    pub logs: BTreeMap<String, u64>,
}

/// One series of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedSeries {
    /// The metric.
    pub name: String,
    /// All its labels.
    pub labels: BTreeMap<String, String>,
    /// A counter's value, or a histogram's number of measurements.
    pub value: u64,
}

impl Ledger {
    /// Adds to a counter, to the measurements of a histogram, or to what a gauge shows at the end.
    pub(crate) fn add(&self, name: &str, labels: &[(&str, &str)], count: u64) {
        let labels = labels.iter().map(|(label, value)| ((*label).to_owned(), (*value).to_owned())).collect();
        *self.lock().series.entry((name.to_owned(), labels)).or_default() += count;
    }

    pub(crate) fn span(&self, name: &str) {
        *self.lock().spans.entry(name.to_owned()).or_default() += 1;
    }

    pub(crate) fn log(&self, message: &str) {
        *self.lock().logs.entry(message.to_owned()).or_default() += 1;
    }

    /// All that was counted so far.
    pub(crate) fn snapshot(&self) -> Recorded {
        let counts = self.lock();
        let series = counts.series.iter();
        let series = series.map(|((name, labels), value)| RecordedSeries {
            name: name.clone(),
            labels: labels.clone(),
            value: *value,
        });
        Recorded { series: series.collect(), spans: counts.spans.clone(), logs: counts.logs.clone() }
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Recorded {
    /// The sum over all series of a metric; `None` when it has none.
    #[must_use]
    pub fn total(&self, name: &str) -> Option<u64> {
        self.series.iter().filter(|series| series.name == name).map(|series| series.value).reduce(|a, b| a + b)
    }
}
