//! The layer in the one subscriber of a process, in a program of its own: what it records is exported.

use telemetry_core::Telemetry;
use telemetry_llm::{GenAiLayer, Llm, Usage};
use telemetry_testkit::OtlpSink;

fn chat(tokens: u64) {
    drop(tracing::info_span!(
        "chat",
        gen_ai.operation.name = "chat",
        gen_ai.provider.name = "openai",
        gen_ai.request.model = "gpt-4o",
        gen_ai.usage.input_tokens = tokens,
    ));
}

#[test]
fn three_lines_record_the_calls_of_a_library_and_a_guard_around_one_counts_it_once() {
    let sink = OtlpSink::start();
    let layer = GenAiLayer::global().layer();
    let telemetry = Telemetry::builder("gateway").endpoint(sink.endpoint()).with_layer(layer).init();
    let telemetry = telemetry.expect("nothing else has set anything up");

    chat(1_000);
    let call = Llm::global().start("openai", "gpt-4o");
    call.in_scope(|| chat(500));
    drop(call.succeed(Usage::new(7, 0)));
    std::thread::spawn(|| chat(20)).join().expect("nothing panics");

    drop(telemetry.shutdown());
    let metrics = sink.metrics();
    metrics.assert_total("llm_provider_request_seconds", &[("model", "gpt-4o"), ("outcome", "success")], 3.0);
    metrics.assert_total("llm_provider_tokens_total", &[("model", "gpt-4o"), ("type", "prompt")], 1_027.0);
    assert!(metrics.total("llm_provider_cost_usd_total", &[("provider", "openai")]) > 0.0);
}
