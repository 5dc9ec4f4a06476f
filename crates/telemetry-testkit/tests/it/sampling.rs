//! Spans of guards, which ask for the sampling before they build their span.

use std::sync::mpsc;

use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};
use telemetry_core::trace::{ActiveSpan, Sampling};
use telemetry_testkit::TestTelemetry;
use tracing::{info, info_span, warn};

/// The context of a caller that sampled its trace, or did not.
fn caller(sampled: bool) -> Context {
    let flags = if sampled { TraceFlags::SAMPLED } else { TraceFlags::NOT_SAMPLED };
    let span = SpanContext::new(TraceId::from(1), SpanId::from(1), flags, true, TraceState::default());
    Context::new().with_remote_span_context(span)
}

#[test]
fn the_sampling_of_the_builder_is_the_one_that_guards_ask() {
    let built_with = TestTelemetry::builder;
    // For no caller, one that sampled, one that did not.
    let cases = [
        ("the default", TestTelemetry::new(), [true, true, true]),
        ("unsampled", built_with().unsampled().build(), [false, false, false]),
        ("the caller's or on", built_with().sampling(Sampling::ParentBasedAlwaysOn).build(), [true, true, false]),
        ("the caller's or off", built_with().sampling(Sampling::ParentBasedAlwaysOff).build(), [false, true, false]),
    ];
    for (sampling, telemetry, expected) in cases {
        for (parent, expected) in [None, Some(true), Some(false)].into_iter().zip(expected) {
            let case = format!("{sampling}, the caller's decision being {parent:?}");
            telemetry.clear();
            let mut built = false;
            telemetry.in_scope(|| {
                let _caller = parent.map(|sampled| caller(sampled).attach());
                let guard = ActiveSpan::start(|| {
                    built = true;
                    info_span!("guard", step = tracing::field::Empty)
                });
                guard.record("step", 2).in_scope(|| warn!("within"));
            });
            let (spans, logs) = (telemetry.spans(), telemetry.logs());
            let within = logs.one("within");
            assert_eq!(built, expected, "{case}");
            if expected {
                let guard = spans.one("guard");
                guard.assert_attribute("step", "2");
                assert_eq!(within.span_id.as_ref(), Some(&guard.span_id), "{case}");
            } else {
                assert!(spans.is_empty(), "{case}: {spans}");
            }
            // The record belongs to the caller's trace whether that is kept or not.
            if parent.is_some() {
                assert_eq!(within.trace_id, Some(TraceId::from(1).to_string()), "{case}");
            }
        }
    }
}

#[test]
fn a_captured_future_takes_the_sampling_along_to_every_thread() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    for (sampling, expected) in [(Sampling::AlwaysOn, true), (Sampling::AlwaysOff, false)] {
        let telemetry = TestTelemetry::builder().sampling(sampling).build();
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                runtime.spawn(telemetry.capture(async {
                    let outer = ActiveSpan::start(|| info_span!("outer"));
                    outer
                        .instrument(async {
                            tokio::task::yield_now().await;
                            ActiveSpan::start(|| info_span!("inner")).is_sampled()
                        })
                        .await
                }))
            })
            .collect();
        for task in tasks {
            assert_eq!(runtime.block_on(task).unwrap(), expected, "{sampling:?}");
        }
        let spans = telemetry.spans();
        let (outer, inner) = (spans.named("outer"), spans.named("inner"));
        let kept = if expected { 8 } else { 0 };
        assert_eq!((outer.len(), inner.len()), (kept, kept), "{sampling:?}");
        assert!(inner.iter().all(|span| spans.parent_of(span).is_some_and(|parent| parent.name == "outer")));
    }
}

#[test]
fn the_sampling_ends_with_the_scope() {
    let unsampled = TestTelemetry::builder().unsampled().build();
    let sampled = TestTelemetry::new();
    let starts = || ActiveSpan::start(|| info_span!("guard")).is_sampled();
    let outer = sampled.enter();
    assert!(!unsampled.in_scope(starts));
    assert!(starts());
    drop(outer);
    // Nothing is in force any more, so that the guard leaves the decision to the subscriber.
    assert!(starts());
    let mut polled = std::pin::pin!(unsampled.capture(async { starts() }));
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    assert_eq!(polled.as_mut().poll(&mut cx), std::task::Poll::Ready(false));
    assert!(starts());
    assert_eq!((sampled.spans().len(), unsampled.spans().len()), (1, 0));
}

/// Writes an event when it is dropped, as a guard does that was not finished.
struct Unfinished;

impl Drop for Unfinished {
    fn drop(&mut self) {
        info!("dropped unfinished");
        drop(ActiveSpan::start(|| info_span!("clean-up")));
    }
}

#[test]
fn what_a_cancelled_future_still_says_is_captured() {
    let telemetry = TestTelemetry::new();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
    let (started, has_started) = mpsc::channel();
    let task = runtime.spawn(telemetry.capture(async move {
        let _unfinished = Unfinished;
        started.send(()).unwrap();
        std::future::pending::<()>().await;
    }));
    has_started.recv().unwrap();
    task.abort();
    assert!(runtime.block_on(task).unwrap_err().is_cancelled());
    assert_eq!(telemetry.logs().one("dropped unfinished").severity, "INFO");
    assert_eq!(telemetry.spans().named("clean-up").len(), 1);
}
