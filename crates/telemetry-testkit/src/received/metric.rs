//! One data point as tests read it.

use std::collections::BTreeMap;
use std::fmt;

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::metrics::v1::{
    AggregationTemporality, HistogramDataPoint, Metric, NumberDataPoint, metric, number_data_point,
};
use opentelemetry_sdk::metrics::Temporality;
use telemetry_core::Kind;

use super::attributes;

/// One data point of one series, with everything known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricPoint {
    /// The metric's name.
    pub name: String,
    /// A monotonic sum is a counter, any other sum an up-down counter.
    pub kind: Kind,
    /// UCUM unit, empty where there is none.
    pub unit: String,
    /// The help text.
    pub description: String,
    /// Name of the instrumentation scope.
    pub scope: String,
    /// Attributes of the resource.
    pub resource: BTreeMap<String, String>,
    /// Attributes (labels) of the series.
    pub attributes: BTreeMap<String, String>,
    /// What was measured.
    pub value: PointValue,
    /// Of sums and histograms; gauges have none.
    pub temporality: Option<Temporality>,
    /// Start of the series in nanoseconds since the Unix epoch, 0 where unknown.
    pub start_unix_nanos: u64,
    /// Time of the measurement in nanoseconds since the Unix epoch.
    pub time_unix_nanos: u64,
}

/// The value of a data point.
#[derive(Debug, Clone, PartialEq)]
pub enum PointValue {
    /// Of a counter, up-down counter or gauge. An integer above 2^53 loses its lowest digits.
    Number(f64),
    /// Of a histogram.
    Histogram(HistogramValue),
}

/// The state of one histogram series.
#[derive(Debug, Clone, PartialEq)]
pub struct HistogramValue {
    /// Number of measurements.
    pub count: u64,
    /// Their sum.
    pub sum: f64,
    /// The smallest, where reported.
    pub min: Option<f64>,
    /// The largest, where reported.
    pub max: Option<f64>,
    /// Upper bounds of the buckets, without the last, infinite one.
    pub bounds: Vec<f64>,
    /// Measurements in each bucket (not cumulated); one more than there are bounds.
    pub bucket_counts: Vec<u64>,
}

impl MetricPoint {
    /// Whether the value can only rise.
    #[must_use]
    pub fn is_monotonic(&self) -> bool {
        self.kind == Kind::Counter
    }

    /// The value of one label, if the series has it.
    #[must_use]
    pub fn label(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    /// The number, or nothing for a histogram.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        match &self.value {
            PointValue::Number(number) => Some(*number),
            PointValue::Histogram(_) => None,
        }
    }

    /// The histogram, or nothing for a number.
    #[must_use]
    pub fn histogram(&self) -> Option<&HistogramValue> {
        match &self.value {
            PointValue::Number(_) => None,
            PointValue::Histogram(histogram) => Some(histogram),
        }
    }

    pub(super) fn flatten(request: &ExportMetricsServiceRequest) -> Vec<Self> {
        let mut points = Vec::new();
        for group in &request.resource_metrics {
            let resource = attributes::of_resource(group.resource.as_ref());
            for scoped in &group.scope_metrics {
                let scope = attributes::scope_name(scoped.scope.as_ref());
                for metric in &scoped.metrics {
                    let template = Template { resource: &resource, scope: &scope, metric };
                    template.points_into(&mut points);
                }
            }
        }
        points
    }
}

impl fmt::Display for MetricPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}{} ", self.kind.as_str(), self.name, attributes::display(&self.attributes))?;
        match &self.value {
            PointValue::Number(number) => write!(f, "{number}"),
            PointValue::Histogram(HistogramValue { count, sum, bounds, bucket_counts, .. }) => {
                write!(f, "count={count} sum={sum}")?;
                let bounds = bounds.iter().map(f64::to_string).chain(["+Inf".to_owned()]);
                for (bound, hits) in bounds.zip(bucket_counts).filter(|(_, hits)| **hits > 0) {
                    write!(f, " le{bound}:{hits}")?;
                }
                Ok(())
            }
        }
    }
}

/// What the data points of one metric share.
struct Template<'a> {
    resource: &'a BTreeMap<String, String>,
    scope: &'a str,
    metric: &'a Metric,
}

impl Template<'_> {
    fn points_into(&self, points: &mut Vec<MetricPoint>) {
        match &self.metric.data {
            None => {}
            Some(metric::Data::Gauge(gauge)) => {
                points.extend(gauge.data_points.iter().map(|point| self.number(Kind::Gauge, None, point)));
            }
            Some(metric::Data::Sum(sum)) => {
                let kind = if sum.is_monotonic { Kind::Counter } else { Kind::UpDownCounter };
                let temporality = temporality(sum.aggregation_temporality);
                points.extend(sum.data_points.iter().map(|point| self.number(kind, temporality, point)));
            }
            Some(metric::Data::Histogram(histogram)) => {
                let temporality = temporality(histogram.aggregation_temporality);
                points.extend(histogram.data_points.iter().map(|point| self.histogram(temporality, point)));
            }
            Some(metric::Data::ExponentialHistogram(histogram)) => {
                let temporality = temporality(histogram.aggregation_temporality);
                points.extend(histogram.data_points.iter().map(|point| {
                    let value = HistogramValue {
                        count: point.count,
                        sum: point.sum.unwrap_or_default(),
                        min: point.min,
                        max: point.max,
                        bounds: Vec::new(),
                        bucket_counts: vec![point.count],
                    };
                    let attributes = attributes::flatten(&point.attributes);
                    let times = (point.start_time_unix_nano, point.time_unix_nano);
                    self.point(Kind::Histogram, temporality, attributes, PointValue::Histogram(value), times)
                }));
            }
            Some(metric::Data::Summary(summary)) => {
                points.extend(summary.data_points.iter().map(|point| {
                    let value = HistogramValue {
                        count: point.count,
                        sum: point.sum,
                        min: None,
                        max: None,
                        bounds: Vec::new(),
                        bucket_counts: vec![point.count],
                    };
                    let attributes = attributes::flatten(&point.attributes);
                    let times = (point.start_time_unix_nano, point.time_unix_nano);
                    self.point(Kind::Histogram, None, attributes, PointValue::Histogram(value), times)
                }));
            }
        }
    }

    fn number(&self, kind: Kind, temporality: Option<Temporality>, point: &NumberDataPoint) -> MetricPoint {
        let number = match point.value {
            Some(number_data_point::Value::AsDouble(number)) => number,
            Some(number_data_point::Value::AsInt(number)) => number as f64,
            None => f64::NAN,
        };
        let times = (point.start_time_unix_nano, point.time_unix_nano);
        self.point(kind, temporality, attributes::flatten(&point.attributes), PointValue::Number(number), times)
    }

    fn histogram(&self, temporality: Option<Temporality>, point: &HistogramDataPoint) -> MetricPoint {
        let value = HistogramValue {
            count: point.count,
            sum: point.sum.unwrap_or_default(),
            min: point.min,
            max: point.max,
            bounds: point.explicit_bounds.clone(),
            bucket_counts: point.bucket_counts.clone(),
        };
        let times = (point.start_time_unix_nano, point.time_unix_nano);
        let attributes = attributes::flatten(&point.attributes);
        self.point(Kind::Histogram, temporality, attributes, PointValue::Histogram(value), times)
    }

    fn point(
        &self,
        kind: Kind,
        temporality: Option<Temporality>,
        attributes: BTreeMap<String, String>,
        value: PointValue,
        (start_unix_nanos, time_unix_nanos): (u64, u64),
    ) -> MetricPoint {
        MetricPoint {
            name: self.metric.name.clone(),
            kind,
            unit: self.metric.unit.clone(),
            description: self.metric.description.clone(),
            scope: self.scope.to_owned(),
            resource: self.resource.clone(),
            attributes,
            value,
            temporality,
            start_unix_nanos,
            time_unix_nanos,
        }
    }
}

fn temporality(wire: i32) -> Option<Temporality> {
    match AggregationTemporality::try_from(wire) {
        Ok(AggregationTemporality::Cumulative) => Some(Temporality::Cumulative),
        Ok(AggregationTemporality::Delta) => Some(Temporality::Delta),
        Ok(AggregationTemporality::Unspecified) | Err(_) => None,
    }
}
