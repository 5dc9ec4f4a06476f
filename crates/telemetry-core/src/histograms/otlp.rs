//! The meter's histograms as OTLP has them.

use std::time::{SystemTime, UNIX_EPOCH};

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::common::v1::InstrumentationScope;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::{
    AggregationTemporality, Histogram, HistogramDataPoint, Metric, ResourceMetrics, ScopeMetrics,
};

use super::{HistogramData, HistogramPoint, Histograms};

impl Histograms {
    /// Adds the histograms to a request of OTLP that the SDK's other metrics are in, as they are now and cumulated
    /// since their start.
    pub fn append_to(&self, request: &mut ExportMetricsServiceRequest) {
        append(self.collect(), AggregationTemporality::Cumulative, SystemTime::now(), request);
    }
}

/// Adds what was collected to a request.
pub(crate) fn append(
    collected: Vec<HistogramData>,
    temporality: AggregationTemporality,
    time: SystemTime,
    request: &mut ExportMetricsServiceRequest,
) {
    if request.resource_metrics.is_empty() {
        request.resource_metrics.push(ResourceMetrics::default());
    }
    let scopes = &mut request.resource_metrics[0].scope_metrics;
    for data in collected {
        let of_its_scope = |known: &ScopeMetrics| known.scope.as_ref().is_some_and(|scope| scope.name == data.scope);
        let place = scopes.iter().position(of_its_scope).unwrap_or_else(|| {
            let scope = InstrumentationScope { name: data.scope.to_owned(), ..InstrumentationScope::default() };
            scopes.push(ScopeMetrics { scope: Some(scope), ..ScopeMetrics::default() });
            scopes.len() - 1
        });
        scopes[place].metrics.push(metric(data, temporality, time));
    }
}

fn metric(data: HistogramData, temporality: AggregationTemporality, time: SystemTime) -> Metric {
    let (start, time) = (nanos(data.start), nanos(time));
    let point = |point: HistogramPoint| HistogramDataPoint {
        attributes: point.attributes.iter().map(Into::into).collect(),
        start_time_unix_nano: start,
        time_unix_nano: time,
        count: point.count(),
        sum: Some(point.sum),
        bucket_counts: point.bucket_counts,
        explicit_bounds: data.bounds.to_vec(),
        min: point.extremes.map(|(min, _)| min),
        max: point.extremes.map(|(_, max)| max),
        ..HistogramDataPoint::default()
    };
    let data_points = data.points.into_iter().map(point).collect();
    Metric {
        name: data.name.into_owned(),
        description: data.help.to_owned(),
        unit: data.unit.to_owned(),
        data: Some(Data::Histogram(Histogram { data_points, aggregation_temporality: temporality.into() })),
        ..Metric::default()
    }
}

fn nanos(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}
