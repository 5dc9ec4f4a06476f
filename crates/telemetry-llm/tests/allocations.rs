//! What a call allocates, in a program of its own: nothing else may allocate meanwhile.

use telemetry_llm::{Llm, Usage};
use telemetry_testkit::TestTelemetry;

#[test]
fn a_known_call_without_its_span_allocates_nothing() {
    let telemetry = TestTelemetry::new();
    let llm = Llm::new(telemetry.meter());
    let models = [("openai", "gpt-4o-2024-08-06"), ("anthropic", "claude-sonnet-4-5"), ("openai", "house-model-7b")];
    let call = || {
        for (provider, model) in models {
            drop(llm.call(provider, model).start().succeed(Usage::new(2_000, 300).cached_prompt(500)));
        }
    };
    let allocations = || {
        // Rates are remembered from the second call on.
        (0..3).for_each(|_| call());
        allocation_counter::measure(|| (0..100).for_each(|_| call())).count_total
    };
    // They are worked out anew at each quarter of an hour, of which there are not two in this test.
    assert!((0..2).any(|_| allocations() == 0), "{} allocations in 300 calls", allocations());
    assert!(telemetry.metrics().total("llm_provider_cost_usd_total", &[]) > 0.0);
}

#[cfg(feature = "tracing-layer")]
#[test]
fn a_span_that_tells_of_no_call_costs_the_layer_for_calls_no_allocation() {
    use tracing_subscriber::Layer;
    use tracing_subscriber::layer::SubscriberExt as _;

    /// Another layer, which wants every span.
    struct Everything;

    impl<S: tracing::Subscriber> Layer<S> for Everything {}

    let telemetry = TestTelemetry::new();
    let layer = telemetry_llm::GenAiLayer::new(&Llm::new(telemetry.meter())).layer();
    let subscriber = tracing_subscriber::registry().with(Everything).with(layer);
    let _entered = tracing::subscriber::set_default(subscriber);
    let spans = || {
        let request = tracing::info_span!("request", route = "/orders", http.status = tracing::field::Empty);
        request.in_scope(|| drop(tracing::debug_span!("query", table = "orders")));
        request.record("http.status", 200);
        request.in_scope(|| tracing::error!(error = "no luck", "it failed"));
    };
    (0..100).for_each(|_| spans());
    assert_eq!(allocation_counter::measure(|| (0..1_000).for_each(|_| spans())).count_total, 0);
}
