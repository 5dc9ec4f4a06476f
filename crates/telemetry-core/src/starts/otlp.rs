//! The start times in a request of OTLP.

use std::borrow::Cow;

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::{AggregationTemporality, Metric};

use super::known::{Starts, now};

const CUMULATIVE: i32 = AggregationTemporality::Cumulative as i32;

impl Starts {
    /// Says since when each series counts whose values are cumulated. Intervals have their own start. A gauge has none:
    /// Prometheus would make a zero of it that nobody measured.
    pub(crate) fn fill_in(&mut self, request: &mut ExportMetricsServiceRequest) {
        self.collection(now(), |starts| {
            let resources = request.resource_metrics.iter_mut();
            for scope in resources.flat_map(|resource| &mut resource.scope_metrics) {
                let name = scope.scope.as_ref().map_or("", |scope| &*scope.name);
                scope.metrics.iter_mut().for_each(|metric| starts.fill_in_metric(name, metric));
            }
        });
    }

    fn fill_in_metric(&mut self, scope: &str, metric: &mut Metric) {
        let name = (scope, &*metric.name);
        match &mut metric.data {
            Some(Data::Gauge(gauge)) => gauge.data_points.iter_mut().for_each(|point| point.start_time_unix_nano = 0),
            Some(Data::Sum(sum)) if sum.aggregation_temporality == CUMULATIVE => {
                for point in &mut sum.data_points {
                    point.start_time_unix_nano = self.of(name, labels(&point.attributes), point.time_unix_nano);
                }
            }
            Some(Data::Histogram(histogram)) if histogram.aggregation_temporality == CUMULATIVE => {
                for point in &mut histogram.data_points {
                    point.start_time_unix_nano = self.of(name, labels(&point.attributes), point.time_unix_nano);
                }
            }
            Some(Data::ExponentialHistogram(histogram)) if histogram.aggregation_temporality == CUMULATIVE => {
                for point in &mut histogram.data_points {
                    point.start_time_unix_nano = self.of(name, labels(&point.attributes), point.time_unix_nano);
                }
            }
            _ => {}
        }
    }
}

fn labels(attributes: &[KeyValue]) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
    attributes.iter().map(|attribute| (&*attribute.key, text(attribute.value.as_ref())))
}

fn text(value: Option<&AnyValue>) -> Cow<'_, str> {
    match value.and_then(|value| value.value.as_ref()) {
        Some(Value::StringValue(text)) => Cow::Borrowed(text),
        other => Cow::Owned(format!("{other:?}")),
    }
}
