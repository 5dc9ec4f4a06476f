//! The conversation that work belongs to, as it travels and as spans have it.

use http::HeaderMap;
use opentelemetry::Context;
use opentelemetry::baggage::BaggageExt as _;
use telemetry_core::propagation::{PropagatorSet, StrictPropagator, extract_with, inject_with};
use telemetry_core::{Operation, conversation, operation_span};
use telemetry_testkit::TestTelemetry;

#[test]
fn the_id_is_there_for_what_runs_within_it_and_beside_the_rest_of_the_baggage() {
    assert_eq!(conversation::current(), None);
    let with_tenant = Context::current_with_baggage([opentelemetry::KeyValue::new("tenant", "acme")]);
    let _tenant = with_tenant.attach();
    {
        let _outer = conversation::within("conversation-1").attach();
        assert_eq!(conversation::current().as_deref(), Some("conversation-1"));
        let _inner = conversation::within("conversation-2").attach();
        assert_eq!(conversation::current().as_deref(), Some("conversation-2"));
        assert_eq!(Context::current().baggage().get("tenant").map(|value| value.as_str()), Some("acme"));
    }
    assert_eq!(conversation::current(), None);
}

#[test]
fn a_span_of_which_no_opentelemetry_span_is_made_hides_nothing() {
    let _unbridged = tracing::subscriber::set_default(tracing_subscriber::registry());
    let _attached = conversation::within("conversation-1").attach();
    tracing::info_span!("printed").in_scope(|| {
        assert_eq!(conversation::current().as_deref(), Some("conversation-1"));
    });
}

#[test]
fn the_id_goes_from_process_to_process_in_the_baggage() {
    let propagator = StrictPropagator::new(PropagatorSet::ALL);
    let mut headers = HeaderMap::new();
    inject_with(&propagator, &conversation::within("a conversation, by name"), &mut headers);
    assert_eq!(headers["baggage"], "gen_ai.conversation.id=a%20conversation%2C%20by%20name");
    let _attached = extract_with(&propagator, &headers).attach();
    assert_eq!(conversation::current().as_deref(), Some("a conversation, by name"));
}

#[test]
fn an_id_that_is_none_is_none_and_a_long_one_is_cut() {
    let _empty = conversation::within("").attach();
    assert_eq!(conversation::current(), None);
    let long = "é".repeat(1_500);
    // A caller's, who does not go through `within`.
    let said = Context::current_with_baggage([opentelemetry::KeyValue::new(conversation::ID, long.clone())]);
    for context in [said, conversation::within(&long)] {
        let _attached = context.attach();
        let id = conversation::current().unwrap_or_default();
        assert!((200..=256).contains(&id.len()), "{}", id.len());
    }
}

#[test]
fn the_id_is_seen_within_a_guard_and_a_list_stands_on_its_span() {
    let telemetry = TestTelemetry::builder().entered();
    let _conversation = conversation::within("conversation-3").attach();
    let operation = Operation::start(|| operation_span!("till.sell"));
    assert_eq!(operation.in_scope(conversation::current).as_deref(), Some("conversation-3"));
    operation.span().record_list("reasons", ["stop".to_owned(), "length".to_owned()]);
    drop(operation);
    telemetry.span("till.sell").assert_attribute("reasons", "[stop, length]");
}
