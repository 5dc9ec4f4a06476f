//! The ids of the trace in a line.

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider};
use telemetry_logs::component;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::fixture::Log;

#[test]
fn a_line_has_the_ids_of_its_span_and_of_the_span_around() {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder().with_simple_exporter(exporter.clone()).build();
    let log = Log::new();
    let bridge = tracing_opentelemetry::layer().with_tracer(provider.tracer("test")).with_filter_of_lines();
    let subscriber = tracing_subscriber::registry().with(bridge).with(log.logs.layer());
    tracing::subscriber::with_default(subscriber, || {
        let outer = tracing::info_span!("outer").entered();
        tracing::info!("outer");
        // A child logger is no span of the trace.
        let child = component::agent("a-1").entered();
        let inner = tracing::info_span!("inner").entered();
        tracing::info!("inner");
        drop(inner);
        tracing::info!("child");
        drop((child, outer));
        tracing::info!("none");
    });
    let spans = exporter.get_finished_spans().expect("they are kept");
    let span = |name: &str| spans.iter().find(|span| span.name == name).expect("it is there");
    let (outer, inner) = (span("outer"), span("inner"));
    let lines = log.lines();
    let id = |line: usize, key: &str| lines[line].get(key).and_then(|id| id.as_str()).map(str::to_owned);
    for line in 0..3 {
        assert_eq!(id(line, "traceId"), Some(outer.span_context.trace_id().to_string()));
    }
    let (of_outer, of_inner) = (outer.span_context.span_id().to_string(), inner.span_context.span_id().to_string());
    assert_eq!((id(0, "spanId"), id(0, "parentSpanId")), (Some(of_outer.clone()), None));
    assert_eq!((id(1, "spanId"), id(1, "parentSpanId")), (Some(of_inner), Some(of_outer.clone())));
    assert_eq!((id(2, "spanId"), id(2, "parentSpanId")), (Some(of_outer), None));
    assert_eq!((id(3, "traceId"), id(3, "spanId")), (None, None));
}

/// Leaves out what is for lines alone, as the lifecycle's own layer does.
trait FilterOfLines<S: tracing::Subscriber>: tracing_subscriber::Layer<S> + Sized {
    fn with_filter_of_lines(self) -> impl tracing_subscriber::Layer<S>;
}

impl<S, L> FilterOfLines<S> for L
where
    S: tracing::Subscriber + for<'a> tracing_subscriber::registry::LookupSpan<'a>,
    L: tracing_subscriber::Layer<S>,
{
    fn with_filter_of_lines(self) -> impl tracing_subscriber::Layer<S> {
        self.with_filter(tracing_subscriber::filter::filter_fn(|metadata| {
            metadata.target() != telemetry_core::trace::LOGS_ONLY
        }))
    }
}
