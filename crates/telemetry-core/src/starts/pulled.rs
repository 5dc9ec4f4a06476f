//! The start times of what a scrape collects.

use prometheus::proto::{Metric, MetricFamily, MetricType};

use super::known::{Starts, now};

impl Starts {
    /// Since when each series counts, in nanoseconds since the epoch, of counters and histograms: handed to `write` family
    /// by family.
    pub(crate) fn of_families(&mut self, families: &[MetricFamily], mut write: impl FnMut(&MetricFamily, &[u64])) {
        let time = now();
        self.collection(time, |starts| {
            for family in families {
                let counts = matches!(family.get_field_type(), MetricType::COUNTER | MetricType::HISTOGRAM);
                let counting = if counts { family.get_metric() } else { &[] };
                let since = |metric: &Metric| {
                    let labels = metric.get_label().iter().map(|label| (label.name(), label.value()));
                    starts.of(family.name(), labels, time)
                };
                let since: Vec<_> = counting.iter().map(since).collect();
                write(family, &since);
            }
        });
    }
}
