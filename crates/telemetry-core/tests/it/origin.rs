//! Work that goes on after its request: a trace of its own, which says where it comes from.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState};
use telemetry_core::propagation::{self, PropagatorSet, StrictPropagator, extract_with};
use telemetry_core::scope::{self, Ledger, Reach, Spent};
use telemetry_core::trace::ActiveSpan;
use telemetry_core::{End, Operation, Origin, conversation, operation_span};
use telemetry_testkit::{SpanEntry, TestTelemetry};

fn request() -> Operation {
    Operation::start(|| operation_span!("request"))
}

fn work() {
    let mut work = Operation::start(|| operation_span!("work"));
    work.in_scope(|| drop(Operation::start(|| operation_span!("part"))));
    work.end(&End::success("success"));
}

#[track_caller]
fn assert_linked(work: &SpanEntry, to: &SpanEntry) {
    let links: Vec<_> = work.links.iter().map(|link| (&link.trace_id, &link.span_id)).collect();
    assert_eq!(links, [(&to.trace_id, &to.span_id)], "{work}");
    assert!(work.links.iter().all(|link| link.attributes.is_empty()), "{work}");
    assert_ne!(work.trace_id, to.trace_id, "{work}");
    assert_eq!(work.parent_span_id, None, "{work}");
}

#[tokio::test]
async fn the_first_span_of_the_work_links_to_its_request_and_those_below_have_it_for_a_parent() {
    let telemetry = TestTelemetry::entered();
    let request = request();
    let origin = request.in_scope(Origin::current);
    let running = tokio::spawn(origin.instrument(async { work() }));
    drop(request);
    assert!(running.await.is_ok());

    let (request, spans) = (telemetry.span("request"), telemetry.spans());
    let (work, part) = (spans.one("work"), spans.one("part"));
    assert_linked(work, &request);
    assert_eq!((part.parent_span_id.as_ref(), &part.links[..]), (Some(&work.span_id), &[][..]));
}

#[test]
fn work_that_starts_within_the_request_and_outlives_it_is_no_child_either() {
    let telemetry = TestTelemetry::entered();
    let request = request();
    request.in_scope(|| Origin::current().in_scope(work));
    drop(request);
    assert_linked(&telemetry.span("work"), &telemetry.span("request"));
}

#[test]
fn what_is_started_before_there_is_a_span_comes_from_where_that_comes_from() {
    let telemetry = TestTelemetry::entered();
    let request = request();
    let first = request.in_scope(Origin::current);
    assert_eq!(Some(request.context().span().span_context()), first.span());
    let handed_on = first.in_scope(|| {
        assert_eq!(Origin::current_span().as_ref(), first.span());
        Origin::current()
    });
    handed_on.in_scope(work);
    drop(request);
    assert_linked(&telemetry.span("work"), &telemetry.span("request"));
}

#[test]
fn a_span_that_a_worker_is_in_is_no_parent_of_the_work_that_it_takes() {
    let telemetry = TestTelemetry::entered();
    let request = request();
    let origin = request.in_scope(Origin::current);
    drop(request);
    let (id, of_work) = tracing::info_span!("worker").in_scope(|| {
        let within = origin.in_scope(|| {
            // What asks for the context that is active here, as a run of an agent does.
            let _active = propagation::current().attach();
            work();
            propagation::current()
        });
        let around = propagation::current().span().span_context().span_id();
        (around, within)
    });
    assert!(!of_work.has_active_span(), "{of_work:?}");
    let spans = telemetry.spans();
    assert_linked(spans.one("work"), spans.one("request"));
    assert_eq!(spans.one("worker").span_id, id.to_string(), "the worker's span is active again");
}

#[tokio::test]
async fn nor_is_a_span_in_which_its_future_is_polled() {
    let telemetry = TestTelemetry::entered();
    let request = request();
    let origin = request.in_scope(Origin::current);
    drop(request);
    let later = origin.instrument(async {
        let _active = propagation::current().attach();
        work();
    });
    tracing::Instrument::instrument(later, tracing::info_span!("worker")).await;
    let spans = telemetry.spans();
    assert_linked(spans.one("work"), spans.one("request"));
}

#[test]
fn nor_is_a_span_of_the_work_that_was_taken_before_from_the_same_origin() {
    let telemetry = TestTelemetry::entered();
    let origin = request().in_scope(Origin::current);
    origin.in_scope(|| {
        let before = Operation::start(|| operation_span!("before"));
        before.in_scope(|| {
            origin.in_scope(|| {
                let _active = propagation::current().attach();
                work();
            });
        });
    });
    let spans = telemetry.spans();
    assert_linked(spans.one("before"), spans.one("request"));
    assert_linked(spans.one("work"), spans.one("request"));
    assert_ne!(spans.one("work").trace_id, spans.one("before").trace_id);
}

#[test]
fn a_span_that_the_work_begins_is_its_parts_parent() {
    let telemetry = TestTelemetry::entered();
    let origin = request().in_scope(Origin::current);
    let other = Origin::default();
    tracing::info_span!("worker").in_scope(|| {
        origin.in_scope(|| {
            let begun = Context::current();
            tracing::info_span!("own").in_scope(|| {
                // The context of its begin once more, which has no span yet.
                let _begun = begun.attach();
                let _active = propagation::current().attach();
                work();
            });
        });
        other.in_scope(|| assert!(!propagation::current().has_active_span(), "an origin that is no span"));
        origin.in_scope(|| {
            tracing::info_span!("outer").in_scope(|| {
                Origin::current().in_scope(|| {
                    let _active = propagation::current().attach();
                    Operation::start(|| operation_span!("inner"));
                });
            });
        });
    });
    let spans = telemetry.spans();
    let (own, work) = (spans.one("own"), spans.one("work"));
    assert_eq!((own.parent_span_id.as_ref(), work.parent_span_id.as_ref()), (None, Some(&own.span_id)));
    // A plain span has no link, so the guard below it has.
    let links: Vec<_> = work.links.iter().map(|link| &link.span_id).collect();
    assert_eq!((links, &own.links[..]), (vec![&spans.one("request").span_id], &[][..]));
    assert_eq!(spans.one("part").links, []);
    assert_linked(spans.one("inner"), spans.one("outer"));
}

#[test]
fn work_without_an_origin_has_no_link() {
    let telemetry = TestTelemetry::entered();
    assert!(Origin::current().span().is_none());
    Origin::current().in_scope(work);
    assert_eq!(telemetry.span("work").links, []);
}

#[test]
fn a_request_that_is_not_recorded_is_linked_to_all_the_same() {
    let telemetry = TestTelemetry::entered();
    let id = TraceId::from(0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c);
    let caller = SpanContext::new(id, SpanId::from(7), TraceFlags::NOT_SAMPLED, true, TraceState::default());
    let attached = Context::current().with_remote_span_context(caller).attach();
    let origin = Origin::current();
    drop(attached);
    origin.in_scope(work);
    let work = telemetry.span("work");
    assert_eq!(work.links.iter().map(|link| link.trace_id.as_str()).collect::<Vec<_>>(), [id.to_string()]);
}

#[test]
fn work_that_is_not_sampled_has_no_span_and_its_parts_have_none_either() {
    let telemetry = TestTelemetry::builder().unsampled().entered();
    let id = TraceId::from(1);
    let caller = SpanContext::new(id, SpanId::from(7), TraceFlags::SAMPLED, true, TraceState::default());
    let attached = Context::current().with_remote_span_context(caller).attach();
    let origin = Origin::current();
    drop(attached);
    let within = origin.in_scope(|| Operation::start(|| operation_span!("work")).context());
    assert_ne!(within.span().span_context().trace_id(), id, "a trace of its own");
    origin.in_scope(work);
    assert!(telemetry.spans().is_empty());
}

#[test]
fn a_message_carries_it_with_the_conversation() {
    let propagator = StrictPropagator::new(PropagatorSet::ALL);
    let telemetry = TestTelemetry::entered();
    let message = HashMap::from([
        ("traceparent".to_owned(), "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned()),
        ("baggage".to_owned(), "gen_ai.conversation.id=conversation-7".to_owned()),
    ]);
    // The global propagator is none here; what it reads is what this one does.
    let attached = extract_with(&propagator, &message).attach();
    let origin = Origin::current();
    drop(attached);
    assert_eq!(origin.in_scope(conversation::current).as_deref(), Some("conversation-7"));
    origin.in_scope(work);
    let work = telemetry.span("work");
    let links: Vec<_> = work.links.iter().map(|link| (link.trace_id.as_str(), link.span_id.as_str())).collect();
    assert_eq!(links, [("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331")]);
    assert_eq!(work.parent_span_id, None);
}

#[derive(Default)]
struct Book(AtomicU64);

impl Ledger for Book {
    fn kind(&self) -> &'static str {
        "tenant"
    }

    fn spent(&self, spent: &Spent, _: Reach) {
        self.0.fetch_add(spent.prompt_tokens(), Ordering::Relaxed);
    }
}

#[test]
fn what_it_spends_is_told_to_the_scope_that_it_comes_from() {
    let book = Arc::new(Book::default());
    let origin = scope::open(book.clone()).in_scope(Origin::current);
    origin.in_scope(|| scope::report(&Spent::tokens(42, 0)));
    assert_eq!(book.0.load(Ordering::Relaxed), 42);
}

#[test]
fn what_has_its_link_gets_no_second_one_by_hand() {
    let telemetry = TestTelemetry::entered();
    let request = request();
    let cause = request.context().span().span_context().clone();
    request.in_scope(Origin::current).in_scope(|| {
        let work = ActiveSpan::start(|| operation_span!("work"));
        work.link(&cause);
        work.in_scope(|| ActiveSpan::start(|| operation_span!("part")).link(&cause).in_scope(|| {}));
        tracing::info_span!("own").in_scope(|| {
            ActiveSpan::start(|| operation_span!("below")).link(&cause);
        });
    });
    drop(request);
    let spans = telemetry.spans();
    for (name, links) in [("work", 1), ("part", 0), ("own", 0), ("below", 1)] {
        assert_eq!(spans.one(name).links.len(), links, "{name}");
    }
}

#[test]
fn a_span_links_to_another_trace_and_not_to_its_own() {
    let telemetry = TestTelemetry::entered();
    let first = request();
    let put = first.context().span().span_context().clone();
    let own = ActiveSpan::start(|| operation_span!("taken"));
    own.link(&put);
    first.in_scope(|| {
        ActiveSpan::start(|| operation_span!("within")).link(&put);
    });
    drop((own, first));
    let first = telemetry.span("request");
    assert_linked(&telemetry.span("taken"), &first);
    assert_eq!(telemetry.span("within").links, []);
}
