//! Spans of guards: what is decided before they are built, and what follows from it.

use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState, TracerProvider};
use opentelemetry::{Context, Value};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider};
use telemetry_core::trace::{ActiveSpan, Sampler, Sampling, scoped};
use tracing::field::Empty;
use tracing_subscriber::layer::SubscriberExt;

/// Runs `f` under a subscriber with a bridge and returns the names of the spans it exported, with their trace ids.
fn exported(sampling: Sampling, f: impl FnOnce()) -> Vec<(String, TraceId, SpanId)> {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(exporter.clone())
        .with_sampler(Sampler::new(sampling))
        .build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    let subscriber = tracing_subscriber::registry().with(layer);
    let _sampling = scoped(sampling);
    tracing::subscriber::with_default(subscriber, f);
    let spans = exporter.get_finished_spans().expect("an exporter in memory does not fail");
    spans.iter().map(|s| (s.name.to_string(), s.span_context.trace_id(), s.parent_span_id)).collect()
}

fn remote(sampled: bool) -> Context {
    let flags = if sampled { TraceFlags::SAMPLED } else { TraceFlags::NOT_SAMPLED };
    let (trace, span) = (TraceId::from(0xabc_u128 << 64 | 0xffff_ffff_ffff_ffff), SpanId::from(7));
    Context::new().with_remote_span_context(SpanContext::new(trace, span, flags, true, TraceState::default()))
}

#[test]
fn the_sampling_decides_whether_the_span_is_built() {
    let parents = [None, Some(true), Some(false)];
    // For no parent, a sampled one, one that is not; the remote trace's id is above every ratio but 1.
    let cases = [
        (Sampling::AlwaysOn, [true, true, true]),
        (Sampling::AlwaysOff, [false, false, false]),
        (Sampling::Ratio(1.0), [true, true, true]),
        (Sampling::Ratio(0.5), [true, false, false]),
        (Sampling::Ratio(0.0), [false, false, false]),
        (Sampling::ParentBasedAlwaysOn, [true, true, false]),
        (Sampling::ParentBasedAlwaysOff, [false, true, false]),
        (Sampling::ParentBasedRatio(0.0), [false, true, false]),
        (Sampling::ParentBasedRatio(1.0), [true, true, false]),
    ];
    for (sampling, expected) in cases {
        for (parent, expected) in parents.into_iter().zip(expected) {
            if sampling == Sampling::Ratio(0.5) && parent.is_none() {
                continue; // A matter of chance, counted below.
            }
            let mut built = false;
            let spans = exported(sampling, || {
                let _attached = parent.map(|sampled| remote(sampled).attach());
                let span = ActiveSpan::start(|| {
                    built = true;
                    tracing::info_span!("guard")
                });
                assert_eq!(span.is_sampled(), expected, "{sampling:?} under {parent:?}");
                let context = span.context();
                assert_eq!(context.span().span_context().is_sampled(), expected, "{sampling:?} under {parent:?}");
                assert!(context.span().span_context().is_valid(), "{sampling:?} under {parent:?}");
            });
            assert_eq!(built, expected, "{sampling:?} under {parent:?}");
            assert_eq!(spans.len(), usize::from(expected), "{sampling:?} under {parent:?}");
        }
    }
}

#[test]
fn the_share_kept_is_the_ratio_and_is_not_drawn_twice() {
    let spans = exported(Sampling::ParentBasedRatio(0.25), || {
        for _ in 0..4_000 {
            ActiveSpan::start(|| tracing::info_span!("guard"));
        }
    });
    // Six standard deviations around 1,000.
    assert!((835..=1_165).contains(&spans.len()), "{}", spans.len());
}

#[test]
fn whole_numbers_are_recorded_as_numbers() {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder().with_simple_exporter(exporter.clone()).build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
        let span = ActiveSpan::start(|| {
            tracing::info_span!("guard", bytes = Empty, most = Empty, code = Empty, share = Empty, word = Empty)
        });
        span.record("bytes", 7_u64).record("most", u64::MAX).record("code", -1).record("share", 0.5);
        span.record("word", "seven").record("undeclared", 7_u64);
    });
    let spans = exporter.get_finished_spans().expect("an exporter in memory does not fail");
    let value =
        |key| spans[0].attributes.iter().find(|attribute| attribute.key.as_str() == key).map(|a| a.value.clone());
    for (key, expected) in [
        ("bytes", Some(Value::I64(7))),
        ("most", Some(Value::I64(i64::MAX))),
        ("code", Some(Value::I64(-1))),
        ("share", Some(Value::F64(0.5))),
        ("word", Some(Value::from("seven"))),
        ("undeclared", None),
    ] {
        assert_eq!(value(key), expected, "{key}");
    }
}

#[test]
fn children_follow_a_sampled_guard() {
    let spans = exported(Sampling::ParentBasedRatio(1.0), || {
        let outer = ActiveSpan::start(|| tracing::info_span!("outer"));
        outer.in_scope(|| {
            let inner = ActiveSpan::start(|| tracing::info_span!("inner"));
            inner.in_scope(|| tracing::info_span!("plain").in_scope(|| {}));
        });
    });
    let names: Vec<_> = spans.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(names, ["plain", "inner", "outer"]);
    assert!(spans.iter().all(|(_, trace, _)| *trace == spans[0].1));
    assert_eq!(spans[2].2, SpanId::INVALID);
}

#[test]
fn nothing_under_an_unsampled_guard_is_kept() {
    let spans = exported(Sampling::ParentBasedRatio(0.0), || {
        let outer = ActiveSpan::start(|| tracing::info_span!("outer"));
        let trace = outer.context().span().span_context().trace_id();
        outer.in_scope(|| {
            let inner = ActiveSpan::start(|| tracing::info_span!("inner"));
            assert_eq!(inner.context().span().span_context().trace_id(), trace);
            tracing::info_span!("plain").in_scope(|| {});
        });
    });
    assert_eq!(spans, []);
}

#[test]
fn a_future_runs_within_the_guard() {
    let spans = exported(Sampling::AlwaysOn, || {
        let outer = ActiveSpan::start(|| tracing::info_span!("outer"));
        let mut work = std::pin::pin!(outer.instrument(async { tracing::info_span!("inner").in_scope(|| {}) }));
        let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(work.as_mut().poll(&mut cx).is_ready());
    });
    let names: Vec<_> = spans.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(names, ["inner", "outer"]);
    assert_ne!(spans[0].2, SpanId::INVALID);
}

#[test]
fn without_a_bridge_a_guard_is_part_of_a_trace_that_is_not_sampled() {
    let _sampling = scoped(Sampling::AlwaysOn);
    let span = ActiveSpan::start(|| tracing::info_span!("guard"));
    span.record("field", 1);
    let context = span.context();
    let context = context.span().span_context().clone();
    assert!(context.is_valid() && !context.is_sampled(), "{context:?}");
    assert_eq!(span.context().span().span_context(), &context, "it stays the same");
}
