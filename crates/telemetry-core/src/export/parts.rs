//! Requests of metrics that a collector takes: one that is too large, cut between its points.

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::{
    ExponentialHistogram, Gauge, Histogram, Metric, ResourceMetrics, ScopeMetrics, Sum, Summary,
};
use prost::Message;

/// More than the tag and the length of anything that stands in a request.
const FRAME: usize = 12;

/// Cuts a request so that no part is larger than that, unless one point alone is.
pub(super) fn cut(request: ExportMetricsServiceRequest, limit: usize) -> Vec<ExportMetricsServiceRequest> {
    if request.encoded_len() <= limit {
        return vec![request];
    }
    let mut parts = Parts { limit, parts: Vec::new(), size: 0 };
    for ResourceMetrics { resource, scope_metrics, schema_url } in request.resource_metrics {
        let resource = ResourceMetrics { resource, scope_metrics: Vec::new(), schema_url };
        for ScopeMetrics { scope, metrics, schema_url } in scope_metrics {
            let scope = ScopeMetrics { scope, metrics: Vec::new(), schema_url };
            let frame = resource.encoded_len() + scope.encoded_len() + 2 * FRAME;
            parts.leave();
            for metric in metrics {
                // So small that they fill the parts, and so large that names are not repeated for each point.
                for piece in pieces(metric, limit.saturating_sub(frame) / 8) {
                    parts.take(&resource, &scope, frame, piece);
                }
            }
        }
    }
    parts.parts.into_iter().map(|(request, _)| request).collect()
}

/// Cuts a request that was refused as too large. Only one with a single point stays as it is: what the resource alone
/// makes too large gets no smaller, but every other point is tried without it.
pub(super) fn halve(request: ExportMetricsServiceRequest) -> Vec<ExportMetricsServiceRequest> {
    let whole = request.encoded_len();
    let points: usize = scopes(&request).flat_map(|scope| &scope.metrics).map(Message::encoded_len).sum();
    cut(request, whole.saturating_sub(points / 2 + FRAME))
}

fn scopes(request: &ExportMetricsServiceRequest) -> impl Iterator<Item = &ScopeMetrics> {
    request.resource_metrics.iter().flat_map(|resource| &resource.scope_metrics)
}

/// How many data points a request has.
pub(super) fn points(request: &ExportMetricsServiceRequest) -> u64 {
    let points = scopes(request).flat_map(|scope| &scope.metrics).map(|metric| match &metric.data {
        None => 0,
        Some(Data::Gauge(gauge)) => gauge.data_points.len(),
        Some(Data::Sum(sum)) => sum.data_points.len(),
        Some(Data::Histogram(histogram)) => histogram.data_points.len(),
        Some(Data::ExponentialHistogram(histogram)) => histogram.data_points.len(),
        Some(Data::Summary(summary)) => summary.data_points.len(),
    });
    points.sum::<usize>() as u64
}

struct Parts {
    limit: usize,
    /// Each with whether the scope that is cut is its last one.
    parts: Vec<(ExportMetricsServiceRequest, bool)>,
    /// Of the last one.
    size: usize,
}

impl Parts {
    /// What follows is of another scope.
    fn leave(&mut self) {
        if let Some((_, within)) = self.parts.last_mut() {
            *within = false;
        }
    }

    fn take(&mut self, resource: &ResourceMetrics, scope: &ScopeMetrics, frame: usize, metric: Metric) {
        let size = metric.encoded_len() + FRAME;
        let within = self.parts.last().is_some_and(|(_, within)| *within);
        let added = if within { size } else { size + frame };
        if self.parts.is_empty() || self.size + added > self.limit {
            self.parts.push((ExportMetricsServiceRequest::default(), false));
            self.size = 0;
        }
        let Some((request, within)) = self.parts.last_mut() else { return };
        if !std::mem::replace(within, true) {
            let resource = ResourceMetrics { scope_metrics: vec![scope.clone()], ..resource.clone() };
            request.resource_metrics.push(resource);
            self.size += frame;
        }
        let scopes = request.resource_metrics.last_mut().map(|resource| &mut resource.scope_metrics);
        if let Some(scope) = scopes.and_then(|scopes| scopes.last_mut()) {
            scope.metrics.push(metric);
        }
        self.size += size;
    }
}

/// The metric, as several if its points take more than that.
fn pieces(metric: Metric, limit: usize) -> Vec<Metric> {
    let Metric { name, description, unit, metadata, data } = metric;
    let data: Vec<Data> = match data {
        None => return Vec::new(),
        Some(Data::Gauge(Gauge { data_points })) => {
            chunks(data_points, limit).map(|data_points| Data::Gauge(Gauge { data_points })).collect()
        }
        Some(Data::Sum(Sum { data_points, aggregation_temporality, is_monotonic })) => chunks(data_points, limit)
            .map(|data_points| Data::Sum(Sum { data_points, aggregation_temporality, is_monotonic }))
            .collect(),
        Some(Data::Histogram(Histogram { data_points, aggregation_temporality })) => chunks(data_points, limit)
            .map(|data_points| Data::Histogram(Histogram { data_points, aggregation_temporality }))
            .collect(),
        Some(Data::ExponentialHistogram(ExponentialHistogram { data_points, aggregation_temporality })) => {
            let of = |data_points| ExponentialHistogram { data_points, aggregation_temporality };
            chunks(data_points, limit).map(|points| Data::ExponentialHistogram(of(points))).collect()
        }
        Some(Data::Summary(Summary { data_points })) => {
            chunks(data_points, limit).map(|data_points| Data::Summary(Summary { data_points })).collect()
        }
    };
    let of = |data| Metric {
        name: name.clone(),
        description: description.clone(),
        unit: unit.clone(),
        metadata: metadata.clone(),
        data: Some(data),
    };
    data.into_iter().map(of).collect()
}

fn chunks<P: Message>(points: Vec<P>, limit: usize) -> impl Iterator<Item = Vec<P>> {
    let mut points = points.into_iter().peekable();
    std::iter::from_fn(move || {
        let mut chunk = vec![points.next()?];
        let mut size = chunk[0].encoded_len() + FRAME;
        while let Some(point) = points.next_if(|point| size + point.encoded_len() + FRAME <= limit) {
            size += point.encoded_len() + FRAME;
            chunk.push(point);
        }
        Some(chunk)
    })
}
