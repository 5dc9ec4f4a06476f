//! The span of a call.

use telemetry_llm::Usage;

use crate::fixture::{Fixture, MODEL};

#[test]
fn the_span_has_the_documents_attributes_and_those_of_the_conventions() {
    let fixture = Fixture::new();
    let mut call = fixture.llm.call("gemini", MODEL).prompt_length(3).server("api.example.com", 443).start();
    call.response_model("test-model-001");
    let ended = call.succeed(Usage::new(100, 20).cached_prompt(10).cache_creation(5).reasoning(15));

    let span = fixture.call();
    for (key, value) in [
        ("provider", "gemini"),
        ("model", MODEL),
        ("prompt_length", "3"),
        ("prompt_tokens", "100"),
        ("completion_tokens", "20"),
        ("outcome", "success"),
        ("gen_ai.operation.name", "chat"),
        ("gen_ai.provider.name", "gcp.gemini"),
        ("gen_ai.request.model", MODEL),
        ("gen_ai.response.model", "test-model-001"),
        ("gen_ai.usage.input_tokens", "100"),
        ("gen_ai.usage.output_tokens", "20"),
        ("gen_ai.usage.cache_read.input_tokens", "10"),
        ("gen_ai.usage.cache_creation.input_tokens", "5"),
        ("gen_ai.usage.reasoning.output_tokens", "15"),
        ("server.address", "api.example.com"),
        ("server.port", "443"),
    ] {
        span.assert_attribute(key, value);
    }
    assert_eq!(span.kind, opentelemetry::trace::SpanKind::Client);
    assert!(!span.is_error());
    assert_eq!(ended.record().trace_id.as_deref(), Some(span.trace_id.as_str()));
}

#[test]
fn what_is_not_known_is_not_on_the_span() {
    let fixture = Fixture::new();
    fixture.llm.call("openai", MODEL).start().succeed(None);
    let span = fixture.call();
    for key in [
        "prompt_length",
        "prompt_tokens",
        "completion_tokens",
        "error_type",
        "error.type",
        "attempts",
        "cost_usd",
        "gen_ai.response.model",
        "gen_ai.usage.input_tokens",
        "server.address",
    ] {
        assert_eq!(span.attribute(key), None, "{key}");
    }
}

#[test]
fn the_end_is_logged_within_the_span() {
    let fixture = Fixture::new();
    fixture.llm.call("openai", MODEL).start().succeed(Usage::new(1, 1));
    let log = fixture.log("llm call ended");
    assert_eq!(log.severity, "DEBUG");
    for (key, value) in [("provider", "openai"), ("model", MODEL), ("outcome", "success"), ("attempts", "1")] {
        log.assert_attribute(key, value);
    }
    assert_eq!(log.span_id, Some(fixture.call().span_id));
}
