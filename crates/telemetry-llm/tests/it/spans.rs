//! The span of a call.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use telemetry_core::Meter;
use telemetry_llm::{Failure, Llm, LlmSettings, Usage};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt as _};

use crate::fixture::{Fixture, MODEL, price, prices};

#[test]
fn the_span_has_the_documents_attributes_and_those_of_the_conventions() {
    let fixture = Fixture::new();
    let mut call = fixture.llm.call("gemini", MODEL).prompt_length(3).server("api.example.com", 443).start();
    call.response_model("test-model-001");
    call.body(br#"{"id":"chatcmpl-7","object":"chat.completion","choices":[{"finish_reason":"stop"},{"finish_reason":"length"}]}"#);
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
        ("gen_ai.response.id", "chatcmpl-7"),
        ("gen_ai.response.finish_reasons", "[stop, length]"),
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

/// What type each field of spans and events has.
#[derive(Clone, Default)]
struct Types(Arc<Mutex<BTreeMap<String, &'static str>>>);

impl Types {
    fn note(&self, field: &Field, kind: &'static str) {
        self.0.lock().expect("nobody panics while holding it").insert(field.name().to_owned(), kind);
    }
}

impl Visit for Types {
    fn record_debug(&mut self, field: &Field, _: &dyn Debug) {
        self.note(field, "text");
    }

    fn record_i64(&mut self, field: &Field, _: i64) {
        self.note(field, "i64");
    }

    fn record_u64(&mut self, field: &Field, _: u64) {
        self.note(field, "u64");
    }

    fn record_f64(&mut self, field: &Field, _: f64) {
        self.note(field, "f64");
    }

    fn record_bool(&mut self, field: &Field, _: bool) {
        self.note(field, "bool");
    }
}

impl<S: Subscriber> Layer<S> for Types {
    fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        attributes.record(&mut self.clone());
    }

    fn on_record(&self, _: &Id, values: &Record<'_>, _: Context<'_, S>) {
        values.record(&mut self.clone());
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        event.record(&mut self.clone());
    }
}

#[test]
fn numbers_on_spans_and_in_logs_are_numbers_with_a_sign() {
    let types = Types::default();
    let settings = LlmSettings { prices: prices(&[(MODEL, price(1.0, 2.0))]), ..LlmSettings::default() };
    let llm = Llm::with_settings(&Meter::noop(), settings).expect("the settings are sound");
    tracing::subscriber::with_default(tracing_subscriber::registry().with(types.clone()), || {
        let mut call = llm.call("openai", MODEL).prompt_length(3).server("api.example.com", 443).batch().start();
        call.attempt_failed(Failure::from_status(503).with_retry_after(Some(Duration::from_secs(1))));
        call.usage(Usage::new(100, 20).cached_prompt(10));
        call.fail(Failure::from_status(429));
    });
    let types = types.0.lock().expect("nobody panics while holding it");
    for whole in [
        "prompt_length",
        "prompt_tokens",
        "completion_tokens",
        "attempts",
        "gen_ai.usage.input_tokens",
        "gen_ai.usage.reasoning.output_tokens",
        "http.response.status_code",
        "server.port",
        "attempt",
        "status",
        "retry_after_ms",
        "duration_ms",
    ] {
        assert_eq!(types.get(whole), Some(&"i64"), "{whole}");
    }
    assert_eq!((types["cost_usd"], types["batch"], types["gen_ai.request.model"]), ("f64", "bool", "text"));
    assert!(!types.values().any(|kind| *kind == "u64"), "{types:?}");
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
        "batch",
        "gen_ai.response.model",
        "gen_ai.response.id",
        "gen_ai.response.finish_reasons",
        "gen_ai.input.messages",
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
