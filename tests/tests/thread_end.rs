//! What is recorded while a thread's variables are destroyed: guards that were kept in one, and such as begin there. Metrics
//! count it, and the process goes on.

use std::cell::RefCell;
use std::thread;
use std::time::Duration;

use telemetry::runtime::Tools;
use telemetry_testkit::OtlpSink;

/// Whatever it is, it is dropped with the thread.
struct Kept(Option<Box<dyn FnOnce()>>);

impl Drop for Kept {
    fn drop(&mut self) {
        if let Some(at_the_end) = self.0.take() {
            at_the_end();
        }
    }
}

thread_local! {
    static KEPT: RefCell<Kept> = const { RefCell::new(Kept(None)) };
}

fn keep(at_the_end: impl FnOnce() + 'static) {
    KEPT.with(|kept| kept.borrow_mut().0 = Some(Box::new(at_the_end)));
}

fn touch() {
    KEPT.with(|kept| assert!(kept.borrow().0.is_none()));
}

#[test]
fn a_guard_that_outlives_its_thread_is_counted_and_aborts_nothing() {
    let sink = OtlpSink::start();
    let running = telemetry::builder("thread-end").endpoint(sink.endpoint()).log_level("debug").init().unwrap();
    let tools = Tools::global();

    type Course = fn(&'static Tools);
    let courses: [(&str, Course); 7] = [
        ("kept before anything else", |tools| {
            touch();
            let guard = tools.start("kept");
            keep(move || drop(guard));
        }),
        ("kept after others", |tools| {
            tools.start("kept").succeed();
            let guard = tools.start("kept");
            keep(move || drop(guard));
        }),
        ("kept before a span is entered for the first time", |tools| {
            let guard = tools.start("kept");
            touch();
            tracing::info_span!("entered").in_scope(|| tracing::info!("within"));
            keep(move || drop(guard));
        }),
        ("ended with success", |tools| {
            touch();
            let guard = tools.start("kept");
            keep(move || guard.succeed());
        }),
        ("of a thread that never recorded", |tools| {
            touch();
            keep(move || tools.start("kept").succeed());
        }),
        ("begun at the end of a thread that recorded", |tools| {
            touch();
            tools.start("kept").succeed();
            keep(move || drop(tools.start("kept")));
        }),
        ("with work within it", |tools| {
            touch();
            let guard = tools.start("kept");
            keep(move || {
                guard.in_scope(|| ());
                drop(guard.span().context());
            });
        }),
    ];
    let mut ended = 0;
    for (what, course) in courses {
        thread::spawn(move || course(tools)).join().unwrap_or_else(|_| panic!("{what}"));
        ended += 1;
    }
    tools.start("after").succeed();
    let report = running.shutdown_within(Duration::from_secs(20));
    assert!(report.is_complete(), "{report}");
    let metrics = sink.metrics();
    assert_eq!(metrics.total("runtime_tool_execute_seconds", &[("tool_id", "after")]), 1.0);
    let kept = metrics.total("runtime_tool_execute_seconds", &[("tool_id", "kept")]);
    assert_eq!(kept, f64::from(ended + 2), "two threads record another one before");
}
