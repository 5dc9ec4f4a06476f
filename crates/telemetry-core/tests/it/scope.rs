//! Scopes: who is told what is spent, wherever it arises.

use std::sync::{Arc, Mutex};

use opentelemetry::Context;
use opentelemetry::trace::FutureExt as _;
use telemetry_core::scope::{self, DEEPEST, Ledger, Reach, Spent};
use telemetry_core::{Operation, operation_span};
use telemetry_testkit::TestTelemetry;

/// A ledger that keeps what it is told, in cents.
struct Book {
    kind: &'static str,
    told: Mutex<Vec<(u64, Reach)>>,
}

impl Book {
    fn of(kind: &'static str) -> Arc<Self> {
        Arc::new(Self { kind, told: Mutex::default() })
    }

    fn told(&self) -> Vec<(u64, Reach)> {
        self.told.lock().map(|told| told.clone()).unwrap_or_default()
    }
}

impl Ledger for Book {
    fn kind(&self) -> &'static str {
        self.kind
    }

    fn spent(&self, spent: &Spent, reach: Reach) {
        let cents = (spent.cost_usd().unwrap_or_default() * 100.0).round() as u64;
        if let Ok(mut told) = self.told.lock() {
            told.push((cents, reach));
        }
    }
}

fn cents(cents: u32) -> Spent {
    Spent::default().with_cost_usd(f64::from(cents) / 100.0)
}

#[test]
fn whoever_reports_is_told_to_the_scope_and_to_those_around_it() {
    let (tenant, agent) = (Book::of("tenant"), Book::of("agent"));
    scope::report(&cents(1));
    scope::open(tenant.clone()).in_scope(|| {
        scope::report(&cents(2));
        scope::open(agent.clone()).in_scope(|| scope::report(&cents(3)));
        scope::report(&cents(4));
    });
    scope::report(&cents(5));
    assert_eq!(tenant.told(), [(2, Reach::Own), (3, Reach::Own), (4, Reach::Own)]);
    assert_eq!(agent.told(), [(3, Reach::Own)]);
}

#[test]
fn of_one_kind_only_the_innermost_has_it_for_its_own() {
    let [outer, middle, inner] = ["agent", "task", "agent"].map(Book::of);
    let scope = scope::open(outer.clone()).open(middle.clone()).open(inner.clone());
    scope.report(&cents(7));
    assert_eq!(inner.told(), [(7, Reach::Own)]);
    assert_eq!(middle.told(), [(7, Reach::Own)]);
    assert_eq!(outer.told(), [(7, Reach::Inner)]);
}

#[test]
fn a_ledger_that_is_around_already_is_told_once() {
    let (task, agent) = (Book::of("task"), Book::of("agent"));
    let scope = scope::open(task.clone()).open(agent.clone()).open(task.clone()).open(task.clone());
    scope.report(&cents(7));
    assert_eq!(task.told(), [(7, Reach::Own)]);
    assert_eq!(agent.told(), [(7, Reach::Own)]);
}

#[test]
fn scopes_without_end_are_told_to_those_that_are_open() {
    let books: Vec<_> = (0..DEEPEST + 10).map(|_| Book::of("deep")).collect();
    let deepest = books[1..].iter().fold(scope::open(books[0].clone()), |scope, book| scope.open(book.clone()));
    deepest.report(&cents(1));
    assert_eq!(books.iter().filter(|book| !book.told().is_empty()).count(), DEEPEST);
    assert_eq!(books[DEEPEST - 1].told(), [(1, Reach::Own)]);
}

#[test]
fn a_ledger_that_panics_costs_the_others_nothing() {
    struct Panics;
    impl Ledger for Panics {
        fn kind(&self) -> &'static str {
            "panics"
        }

        fn spent(&self, _: &Spent, _: Reach) {
            panic!("on purpose");
        }
    }
    let tenant = Book::of("tenant");
    let scope = scope::open(tenant.clone()).open(Arc::new(Panics));
    scope.report(&cents(1));
    assert_eq!(tenant.told(), [(1, Reach::Own)]);
}

#[test]
fn what_is_no_cost_is_none() {
    for usd in [-0.01, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_eq!(Spent::tokens(1, 2).with_cost_usd(usd).cost_usd(), None, "{usd}");
    }
    assert_eq!(Spent::tokens(1, 2).with_cost_usd(0.0).cost_usd(), Some(0.0));
}

#[test]
fn spawned_tasks_are_within_it_where_they_are_instrumented() {
    let telemetry = TestTelemetry::new();
    let agent = Book::of("agent");
    let scope = scope::open(agent.clone());
    let work = scope.instrument(async {
        // By opentelemetry's own means, and by the scope itself.
        let by_context = tokio::spawn(async { scope::report(&cents(1)) }.with_current_context());
        let by_scope = scope::current().map(|scope| tokio::spawn(scope.instrument(async { scope::report(&cents(2)) })));
        let left_out = tokio::spawn(async { scope::report(&cents(100)) });
        by_context.await.expect("it runs");
        by_scope.expect("there is a scope").await.expect("it runs");
        left_out.await.expect("it runs");
    });
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().expect("a runtime");
    runtime.block_on(telemetry.capture(work));
    let mut told = agent.told();
    told.sort_unstable_by_key(|(cents, _)| *cents);
    assert_eq!(told, [(1, Reach::Own), (2, Reach::Own)]);
}

#[test]
fn the_spans_of_work_carry_it_sampled_or_not() {
    for is_sampled in [true, false] {
        let telemetry = TestTelemetry::builder();
        let _telemetry = if is_sampled { telemetry } else { telemetry.unsampled() }.entered();
        let agent = Book::of("agent");
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let scope = scope::open(agent.clone());
        let operation = scope.in_scope(|| Operation::start(|| operation_span!("test.work")));
        // Outside the scope, by the guard and by a span that was made within it.
        operation.in_scope(|| scope::report(&cents(1)));
        runtime.block_on(operation.instrument(async { scope::report(&cents(2)) }));
        assert_eq!(agent.told(), [(1, Reach::Own), (2, Reach::Own)]);
        assert!(scope::current().is_none());
    }
}

#[test]
fn a_span_of_the_application_carries_it_into_a_task() {
    let _telemetry = TestTelemetry::entered();
    let agent = Book::of("agent");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let span = scope::open(agent.clone()).in_scope(|| tracing::info_span!("child"));
    runtime.block_on(async {
        let work = tracing::Instrument::instrument(async { scope::report(&cents(3)) }, span);
        tokio::spawn(work).await.expect("it runs");
    });
    assert_eq!(agent.told(), [(3, Reach::Own)]);
}

#[test]
fn a_context_has_it_once_and_keeps_the_rest() {
    let agent = Book::of("agent");
    let scope = scope::open(agent);
    let context = scope.within(&Context::new());
    let again = scope.within(&context);
    assert!(scope::of(&context).is_some() && scope::of(&again).is_some());
    assert!(scope::of(&Context::new()).is_none());
    assert_eq!(format!("{scope:?}"), r#"["agent"]"#);
}

#[test]
fn reporting_allocates_nothing() {
    struct Silent(&'static str);
    impl Ledger for Silent {
        fn kind(&self) -> &'static str {
            self.0
        }

        fn spent(&self, _: &Spent, _: Reach) {}
    }
    let scope = scope::open(Arc::new(Silent("tenant"))).open(Arc::new(Silent("task"))).open(Arc::new(Silent("agent")));
    scope.in_scope(|| {
        let counted = allocation_counter::measure(|| (0..100).for_each(|_| scope::report(&cents(1))));
        assert_eq!(counted.count_total, 0);
    });
}
