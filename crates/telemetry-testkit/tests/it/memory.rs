//! Spans and logs of the in-memory telemetry.

use std::panic::{AssertUnwindSafe, catch_unwind};

use opentelemetry::trace::{SpanKind, Status};
use telemetry_testkit::TestTelemetry;
use tracing::{Instrument, error, info, info_span, warn};

#[test]
fn spans_have_names_attributes_events_status_and_parents() {
    let telemetry = TestTelemetry::new();
    telemetry.in_scope(|| {
        let span = info_span!("workflow.wait", otel.kind = "client", id = "w-1", total = tracing::field::Empty);
        let _entered = span.enter();
        info!(name: "poll", attempt = 1, "poll_iteration");
        info_span!("poll.request", otel.status_code = "ERROR", otel.status_description = "gone").in_scope(|| {});
        span.record("total", 3);
    });
    telemetry.in_scope(|| drop(info_span!("other")));

    let spans = telemetry.spans();
    let (wait, request) = (spans.one("workflow.wait"), spans.one("poll.request"));
    assert_eq!(spans.parent_of(request), Some(wait));
    assert_eq!(spans.children_of(wait), [request]);
    assert_eq!((wait.parent_span_id.as_deref(), &wait.kind), (None, &SpanKind::Client));
    wait.assert_attribute("id", "w-1");
    wait.assert_attribute("total", "3");
    assert_eq!(wait.events_named("poll_iteration")[0].attributes["attempt"], "1");
    assert_eq!((request.is_error(), &request.status), (true, &Status::error("gone")));
    assert_ne!(spans.one("other").trace_id, wait.trace_id);
    assert_eq!(wait.resource["service.name"], "test");
    spans.assert_absent("never.started");
}

#[test]
fn logs_have_severity_fields_and_the_span_they_were_written_in() {
    let telemetry = TestTelemetry::new();
    telemetry.in_scope(|| {
        info_span!("outer").in_scope(|| {
            info_span!("inner").in_scope(|| error!(tool_id = "git", exit_code = 128, "tool failed"));
        });
        warn!(target: "shop", "outside");
        info!(target: "h2", "a frame of the transport");
    });

    let (spans, logs) = (telemetry.spans(), telemetry.logs());
    let failed = logs.one("tool failed");
    assert_eq!((failed.severity.as_str(), failed.scope.as_str()), ("ERROR", module_path!()));
    failed.assert_attribute("tool_id", "git");
    failed.assert_attribute("exit_code", "128");
    let inner = spans.one("inner");
    assert_eq!((failed.span_id.as_ref(), failed.trace_id.as_ref()), (Some(&inner.span_id), Some(&inner.trace_id)));
    let outside = logs.one("outside");
    assert_eq!((outside.scope.as_str(), &outside.span_id), ("shop", &None));
    logs.assert_absent("a frame");
}

#[test]
fn sampling_can_be_turned_off_without_losing_logs() {
    let telemetry = TestTelemetry::builder().unsampled().build();
    telemetry.in_scope(|| info_span!("unsampled").in_scope(|| warn!("still logged")));
    assert!(telemetry.spans().is_empty());
    assert_eq!(telemetry.logs().one("still logged").severity, "WARN");
}

#[test]
fn parallel_tests_see_only_their_own() {
    let names = ["first", "second", "third", "fourth"];
    std::thread::scope(|scope| {
        for name in names {
            scope.spawn(move || {
                let telemetry = TestTelemetry::new();
                let _guard = telemetry.enter();
                for _ in 0..50 {
                    info_span!("work", name).in_scope(|| info!("{name}"));
                }
                let (spans, logs) = (telemetry.spans(), telemetry.logs());
                assert_eq!((spans.len(), logs.len()), (50, 50));
                assert!(spans.iter().all(|span| span.attribute("name") == Some(name)));
                assert!(logs.iter().all(|entry| entry.body == name));
            });
        }
    });
}

#[test]
fn a_thread_without_telemetry_does_not_switch_off_the_spans_of_the_others() {
    fn instrumented() {
        info_span!("shared.callsite").in_scope(|| {});
    }
    let telemetry = TestTelemetry::new();
    std::thread::spawn(instrumented).join().unwrap();
    telemetry.in_scope(instrumented);
    assert_eq!(telemetry.spans().named("shared.callsite").len(), 1);
}

#[test]
fn a_captured_future_is_captured_on_every_thread() {
    let telemetry = TestTelemetry::new();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let task = async {
        tokio::task::yield_now().await;
        info!("on a worker");
    };
    let task = telemetry.capture(task.instrument(telemetry.in_scope(|| info_span!("task"))));
    runtime.block_on(runtime.spawn(task)).unwrap();
    let spans = telemetry.spans();
    assert_eq!(telemetry.logs().one("on a worker").span_id.as_ref(), Some(&spans.one("task").span_id));
}

#[test]
fn canaries_are_found_wherever_they_leak_and_clearing_forgets() {
    let telemetry = TestTelemetry::new();
    telemetry.in_scope(|| {
        info_span!("call", prompt = "canary-span").in_scope(|| warn!(secret = "canary-field", "canary-body"));
    });
    for canary in ["canary-span", "canary-field", "canary-body"] {
        assert!(telemetry.contains_bytes(canary), "{canary}");
        assert!(telemetry.dump().contains(canary), "{canary} in\n{}", telemetry.dump());
    }
    assert!(!telemetry.contains_bytes("canary-nowhere"));
    telemetry.clear();
    assert!(!telemetry.contains_bytes("canary-span"));
    assert!(telemetry.spans().is_empty() && telemetry.logs().is_empty());
}

/// What the message must contain, and the look-up that fails.
type Failing<'a> = (&'a str, &'a dyn Fn(&TestTelemetry));

#[test]
fn failures_list_what_there_is() {
    let telemetry = TestTelemetry::new();
    telemetry.in_scope(|| info_span!("present", id = 1).in_scope(|| info!("written")));
    let failures: [Failing; 4] = [
        ("present", &|telemetry| drop(telemetry.spans().one("absent").name.clone())),
        ("found 1", &|telemetry| telemetry.spans().assert_absent("present")),
        ("not \"2\"", &|telemetry| telemetry.spans().one("present").assert_attribute("id", "2")),
        ("written", &|telemetry| drop(telemetry.logs().one("unwritten").body.clone())),
    ];
    for (part, failing) in failures {
        let panic = catch_unwind(AssertUnwindSafe(|| failing(&telemetry))).unwrap_err();
        let message = panic.downcast::<String>().unwrap();
        assert!(message.contains(part), "{part:?} is not in {message:?}");
    }
}
