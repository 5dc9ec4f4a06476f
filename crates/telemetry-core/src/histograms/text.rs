//! The meter's histograms as Prometheus's text format has them.

use prometheus::proto::{Bucket, Histogram, LabelPair, Metric, MetricFamily, MetricType};

use super::store::sanitized;
use super::{HistogramData, HistogramPoint, Histograms};

impl Histograms {
    /// The histograms as Prometheus's library has them.
    pub(crate) fn families(&self) -> Vec<MetricFamily> {
        self.collect().into_iter().map(|data| self.family(data)).collect()
    }

    /// Gives what the SDK collected the names that a collector shows.
    pub(crate) fn rename(&self, families: &mut [MetricFamily]) {
        for family in families {
            if let Some(name) = self.noted_name(family.name()) {
                family.set_name(name);
            }
        }
    }

    fn family(&self, data: HistogramData) -> MetricFamily {
        let name = sanitized(&data.name);
        let mut family = MetricFamily::default();
        family.set_name(self.noted_name(&name).unwrap_or(name));
        family.set_help(data.help.to_owned());
        family.set_field_type(MetricType::HISTOGRAM);
        family.set_metric(data.points.iter().map(|point| metric(&data.bounds, point)).collect());
        family
    }
}

fn metric(bounds: &[f64], point: &HistogramPoint) -> Metric {
    let mut below = 0;
    let buckets = bounds.iter().zip(&point.bucket_counts).map(|(&bound, count)| {
        below += count;
        let mut bucket = Bucket::default();
        bucket.set_upper_bound(bound);
        bucket.set_cumulative_count(below);
        bucket
    });
    let mut histogram = Histogram::default();
    histogram.set_bucket(buckets.collect());
    histogram.set_sample_sum(point.sum);
    histogram.set_sample_count(point.count());
    let labels = point.attributes.iter().map(|attribute| {
        let mut label = LabelPair::default();
        label.set_name(sanitized(attribute.key.as_str()));
        label.set_value(attribute.value.to_string());
        label
    });
    let mut metric = Metric::default();
    metric.set_label(labels.collect());
    metric.set_histogram(histogram);
    metric
}
