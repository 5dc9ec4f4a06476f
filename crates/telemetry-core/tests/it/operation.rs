//! The operation under every guard: its clock, its one end, and what span and log say of it.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use telemetry_core::{Dropped, End, Operation, clock, end_event, operation_span};
use telemetry_testkit::TestTelemetry;

/// A guard as a domain crate writes one.
struct Sale(Operation);

impl Sale {
    fn start() -> Self {
        Self(Operation::start(|| operation_span!("till.sell", till_id = "north")))
    }

    fn end(&mut self, end: End<'_>) -> Option<Duration> {
        let elapsed = self.0.end(&end)?;
        end_event!(self.0, end, elapsed, { till_id = "north" }, "sale ended", "sale failed");
        Some(elapsed)
    }
}

impl Drop for Sale {
    fn drop(&mut self) {
        match self.0.dropped() {
            Some(Dropped::Cancelled) => self.end(End::cancelled("cancelled")),
            Some(Dropped::Panicked) => self.end(End::panicked("error")),
            None => None,
        };
    }
}

#[test]
fn the_fields_of_a_span_are_worked_out_only_where_it_is_made() {
    let asked = Cell::new(0);
    let till_id = || {
        asked.set(asked.get() + 1);
        "north"
    };
    let start = || Operation::start(|| operation_span!("till.sell", till_id = till_id()));
    drop(start());
    assert_eq!(asked.get(), 0, "nobody has spans here");
    let telemetry = TestTelemetry::new();
    telemetry.in_scope(|| drop(start()));
    assert_eq!(asked.get(), 1);
}

#[test]
fn each_end_has_its_outcome_status_and_level() {
    type Case = (&'static str, fn(Sale), &'static str, Option<&'static str>, &'static str);
    let cases: [Case; 6] = [
        ("success", |mut sale| _ = sale.end(End::success("success")), "success", None, "DEBUG"),
        ("failure", |mut sale| _ = sale.end(End::failure("error", "no_change")), "error", Some("no_change"), "WARN"),
        ("fatal", |mut sale| _ = sale.end(End::fatal("error", "fire")), "error", Some("fire"), "ERROR"),
        ("cancelled", |mut sale| _ = sale.end(End::cancelled("cancelled")), "cancelled", None, "DEBUG"),
        ("dropped", drop, "cancelled", None, "DEBUG"),
        (
            "panicked",
            |sale| {
                let unwound = catch_unwind(AssertUnwindSafe(move || {
                    let _sale = sale;
                    panic!("on purpose");
                }));
                assert!(unwound.is_err());
            },
            "error",
            Some("panic"),
            "ERROR",
        ),
    ];
    for (name, run, outcome, error_type, severity) in cases {
        let telemetry = TestTelemetry::new();
        telemetry.in_scope(|| run(Sale::start()));
        let (spans, logs) = (telemetry.spans(), telemetry.logs());
        let span = spans.one("till.sell");
        span.assert_attribute("outcome", outcome);
        assert_eq!(span.attribute("error.type"), error_type, "{name}");
        assert_eq!(span.is_error(), error_type.is_some(), "{name}");
        let log = logs.one(if error_type.is_some() { "sale failed" } else { "sale ended" });
        assert_eq!(log.severity, severity, "{name}");
        log.assert_attribute("outcome", outcome);
        assert_eq!(log.attribute("error_type"), error_type, "{name}");
        assert_eq!(log.attribute("till_id"), Some("north"), "{name}");
        let took = log.attribute("duration_ms").and_then(|took| took.parse::<i64>().ok());
        assert!(took.is_some_and(|took| (0..60_000).contains(&took)), "{name}: {took:?}");
        assert_eq!(log.span_id.as_deref(), Some(span.span_id.as_str()), "{name}");
    }
}

#[test]
fn only_the_first_end_counts() {
    let telemetry = TestTelemetry::new();
    telemetry.in_scope(|| {
        let mut sale = Sale::start();
        assert!(!sale.0.is_ended());
        assert!(sale.end(End::success("success")).is_some());
        assert!(sale.0.is_ended());
        assert_eq!(sale.end(End::fatal("error", "fire")), None);
        assert_eq!(sale.0.dropped(), None);
    });
    telemetry.spans().one("till.sell").assert_attribute("outcome", "success");
    assert_eq!(telemetry.logs().iter().count(), 1, "{}", telemetry.logs());
}

#[test]
fn what_a_failure_says_of_itself_is_the_status_of_the_span() {
    let telemetry = TestTelemetry::new();
    telemetry.in_scope(|| _ = Sale::start().end(End::failure("error", "no_change").describing("out of coins")));
    let span = telemetry.spans().one("till.sell").clone();
    assert!(span.to_string().contains("out of coins"), "{span}");
}

#[test]
fn a_panic_that_was_caught_before_the_guard_is_dropped_is_one_all_the_same() {
    let telemetry = TestTelemetry::new();
    telemetry.in_scope(|| {
        let mut sale = Sale::start();
        assert_eq!(sale.0.run(|| 7), 7);
        assert_eq!(sale.0.dropped(), Some(Dropped::Cancelled));
        let unwound = catch_unwind(AssertUnwindSafe(|| sale.0.run(|| panic!("on purpose"))));
        assert!(unwound.is_err());
        assert!(!std::thread::panicking());
        assert_eq!(sale.0.dropped(), Some(Dropped::Panicked));
    });
    telemetry.spans().one("till.sell").assert_attribute("error.type", "panic");
}

#[test]
fn a_guard_measures_by_the_clock_that_is_in_scope() {
    thread_local! {
        static NOW: Cell<Option<Instant>> = const { Cell::new(None) };
    }
    let begun = Instant::now();
    NOW.set(Some(begun));
    let scoped = clock::scoped(|| NOW.get().unwrap());
    let mut operation = Operation::start(tracing::Span::none);
    NOW.set(Some(begun + Duration::from_secs(90)));
    assert_eq!(operation.elapsed(), Duration::from_secs(90));
    // A clock that runs backwards is nobody's panic.
    NOW.set(begun.checked_sub(Duration::from_secs(1)));
    assert_eq!(operation.end(&End::success("success")), Some(Duration::ZERO));
    drop(scoped);
    assert!(clock::now() < begun + Duration::from_secs(60));
}

#[test]
fn the_next_phase_goes_on_by_the_first_ones_clock() {
    let mut first = Operation::start(tracing::Span::none);
    let started = first.hand_over().expect("it has not ended");
    assert_eq!((first.dropped(), first.hand_over()), (None, None));
    let second = Operation::over(started, telemetry_core::trace::ActiveSpan::start(tracing::Span::none));
    assert_eq!(second.started(), started);
}

#[test]
fn an_event_for_spans_alone_is_no_log_record() {
    let telemetry = TestTelemetry::new();
    telemetry.in_scope(|| {
        let sale = Sale::start();
        sale.0.in_scope(|| {
            tracing::info!(target: telemetry_core::trace::SPANS_ONLY, attempt = 2_i64, "asked again");
        });
    });
    let spans = telemetry.spans();
    let event = spans.one("till.sell").events.first().expect("the span has the event").clone();
    assert_eq!(event.name, "asked again");
    assert!(!telemetry.logs().to_string().contains("asked again"), "{}", telemetry.logs());
}
