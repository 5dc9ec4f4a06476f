//! Spans as libraries make them, field by field: rig from 0.44 on, genai 0.7, adk-rust, and clients of applications' own.

use std::time::Duration;

use telemetry_core::Label as _;
use telemetry_llm::labels::ErrorType;
use telemetry_llm::{PriceContext, Usage};
use tokio::time::advance;
use tracing::field::Empty;
use tracing::{Instrument as _, Span, info_span};

use super::watched::{Watched, assert_counted, tool};
use crate::fixture::{MODEL, NAMES};

/// What rig says was used: input, output, cache reads and writes, tools' input, reasoning; and nothing that is not known.
type Known = [Option<u64>; 6];

/// A turn of rig: a provider's span, or one of the runtime around it that the provider fills in.
fn rig(provider: &str, model: &str, is_adopted: bool) -> Span {
    if !is_adopted {
        return info_span!(
            target: "rig::completions",
            "chat",
            gen_ai.operation.name = "chat",
            gen_ai.provider.name = provider,
            gen_ai.request.model = model,
            gen_ai.system_instructions = Empty,
            gen_ai.request.stream = true,
            gen_ai.response.id = Empty,
            gen_ai.response.model = Empty,
            rig.provider_request_id = Empty,
            gen_ai.usage.input_tokens = Empty,
            gen_ai.usage.output_tokens = Empty,
            gen_ai.usage.cache_read.input_tokens = Empty,
            gen_ai.usage.cache_creation.input_tokens = Empty,
            gen_ai.usage.tool_use_prompt_tokens = Empty,
            gen_ai.usage.reasoning_tokens = Empty,
            gen_ai.input.messages = Empty,
            gen_ai.output.messages = Empty,
        );
    }
    let span = info_span!(
        target: "runtime_of_ours",
        "turn",
        rig.completion_parent = true,
        gen_ai.operation.name = "chat",
        gen_ai.system_instructions = Empty,
        gen_ai.provider.name = Empty,
        gen_ai.request.model = Empty,
        gen_ai.request.stream = Empty,
        gen_ai.response.id = Empty,
        gen_ai.response.model = Empty,
        rig.provider_request_id = Empty,
        gen_ai.usage.input_tokens = Empty,
        gen_ai.usage.output_tokens = Empty,
        gen_ai.usage.cache_read.input_tokens = Empty,
        gen_ai.usage.cache_creation.input_tokens = Empty,
        gen_ai.usage.tool_use_prompt_tokens = Empty,
        gen_ai.usage.reasoning_tokens = Empty,
        gen_ai.input.messages = Empty,
        gen_ai.output.messages = Empty,
        gen_ai.agent.name = "reviewer",
    );
    span.record("gen_ai.operation.name", "generate_content");
    span.record("gen_ai.provider.name", provider);
    span.record("gen_ai.request.model", model);
    span
}

fn rig_used(span: &Span, known: Known) {
    let fields = [
        "gen_ai.usage.input_tokens",
        "gen_ai.usage.output_tokens",
        "gen_ai.usage.cache_read.input_tokens",
        "gen_ai.usage.cache_creation.input_tokens",
        "gen_ai.usage.tool_use_prompt_tokens",
        "gen_ai.usage.reasoning_tokens",
    ];
    for (field, number) in fields.into_iter().zip(known) {
        if let Some(number) = number {
            span.record(field, number);
        }
    }
}

#[test]
fn what_rig_counts_within_input_and_output_is_not_added_to_them() {
    let table: [(&str, Known, &str, Usage); 5] = [
        (
            "anthropic",
            [Some(1_500), Some(50), Some(400), Some(100), None, Some(20)],
            "anthropic",
            Usage::new(1_500, 50).cached_prompt(400).cache_creation(100).reasoning(20),
        ),
        (
            "aws_bedrock",
            [Some(1_400), Some(50), Some(400), Some(0), None, None],
            "bedrock",
            Usage::new(1_400, 50).cached_prompt(400),
        ),
        (
            "gcp.gemini",
            [Some(107), Some(35), Some(30), None, Some(7), Some(15)],
            "gemini",
            Usage::new(107, 35).cached_prompt(30).reasoning(15),
        ),
        ("openai", [Some(9), Some(2), Some(0), None, None, Some(1)], "openai", Usage::new(9, 2).reasoning(1)),
        ("moonshot", [Some(9), None, None, None, None, None], "moonshotai", Usage::new(9, 0)),
    ];
    for (provider, known, label, usage) in table {
        for is_adopted in [false, true] {
            let watched = Watched::new();
            let span = rig(provider, MODEL, is_adopted);
            rig_used(&span, known);
            drop(span);
            assert_counted(&watched, label, MODEL, &usage, &PriceContext::default());
        }
    }
}

#[test]
fn a_run_of_rig_counts_its_turns_and_not_itself() {
    let watched = Watched::new();
    let run = info_span!(
        "invoke_agent",
        gen_ai.operation.name = "invoke_agent",
        gen_ai.agent.name = "reviewer",
        gen_ai.prompt = Empty,
        gen_ai.completion = Empty,
        gen_ai.usage.input_tokens = Empty,
        gen_ai.usage.output_tokens = Empty,
        gen_ai.usage.cache_read.input_tokens = Empty,
        gen_ai.usage.cache_creation.input_tokens = Empty,
    );
    run.in_scope(|| {
        for _ in 0..2 {
            let turn = rig("openai", MODEL, true);
            turn.in_scope(|| tool().in_scope(|| ()));
            rig_used(&turn, [Some(100), Some(10), None, None, None, None]);
        }
    });
    rig_used(&run, [Some(200), Some(20), None, None, None, None]);
    drop(run);
    watched.assert_total(NAMES.request, &[], 2.0);
    watched.assert_total(NAMES.tokens, &[], 220.0);
}

/// A call of genai, which says more of it than is read.
fn genai(provider: &str) -> Span {
    info_span!(
        "genai.chat",
        "otel.name" = "chat test-model",
        "otel.kind" = "client",
        "otel.status_code" = Empty,
        "error.type" = Empty,
        "gen_ai.operation.name" = "chat",
        "gen_ai.provider.name" = provider,
        "gen_ai.request.model" = MODEL,
        "gen_ai.request.stream" = true,
        "gen_ai.request.temperature" = 0.7,
        "gen_ai.request.max_tokens" = 256_i64,
        "server.address" = "api.example.com",
        "server.port" = 443_i64,
        "gen_ai.response.id" = Empty,
        "gen_ai.response.model" = Empty,
        "gen_ai.response.finish_reasons" = Empty,
        "gen_ai.usage.input_tokens" = Empty,
        "gen_ai.usage.output_tokens" = Empty,
        "gen_ai.usage.cache_read.input_tokens" = Empty,
        "gen_ai.usage.cache_creation.input_tokens" = Empty,
        "gen_ai.usage.reasoning.output_tokens" = Empty,
        "gen_ai.response.time_to_first_chunk" = Empty,
        "gen_ai.output.messages" = Empty,
    )
}

#[tokio::test(start_paused = true)]
async fn a_stream_of_genai_has_its_time_to_the_first_token() {
    for (first_chunk, is_believed) in [(0.5, true), (7.0, false), (-1.0, false), (f64::NAN, false)] {
        let watched = Watched::with(telemetry_testkit::TestTelemetry::builder(), Some(true), |layer| layer);
        let span = genai("mistral_ai");
        async { advance(Duration::from_secs(2)).await }.instrument(span.clone()).await;
        span.record("gen_ai.response.time_to_first_chunk", first_chunk);
        span.record("gen_ai.response.finish_reasons", r#"["stop"]"#);
        span.record("gen_ai.usage.input_tokens", 1_000_i64);
        span.record("gen_ai.usage.output_tokens", 200_i64);
        span.record("gen_ai.usage.cache_read.input_tokens", 300_i64);
        span.record("gen_ai.usage.reasoning.output_tokens", 20_i64);
        drop(span);
        let usage = Usage::new(1_000, 200).cached_prompt(300).reasoning(20);
        assert_counted(&watched, "mistral", MODEL, &usage, &PriceContext::default());
        for metric in [NAMES.time_to_first_token, "gen_ai.client.operation.time_to_first_chunk"] {
            assert_eq!(watched.total(metric, &[]), if is_believed { 1.0 } else { 0.0 }, "{metric}: {first_chunk}");
        }
    }
}

#[test]
fn an_error_of_genai_has_its_class() {
    let table = [
        ("429", "rate_limited", ErrorType::RateLimit),
        ("529", "error", ErrorType::ServerError),
        ("timeout", "timeout", ErrorType::Timeout),
        ("connect", "error", ErrorType::Connection),
        ("requires_api_key", "error", ErrorType::Auth),
        ("no_auth_data", "error", ErrorType::Auth),
        ("response_not_json", "error", ErrorType::Unknown),
    ];
    for (name, outcome, class) in table {
        let watched = Watched::new();
        let span = genai("openai");
        span.record("otel.status_code", "error");
        span.record("error.type", name);
        drop(span);
        watched.assert_total(NAMES.request, &[("outcome", outcome)], 1.0);
        watched.assert_total(NAMES.errors, &[("error_type", class.as_str())], 1.0);
    }
}

#[test]
fn embeddings_of_genai_and_rig_are_calls() {
    let watched = Watched::new();
    let span = info_span!(
        "genai.embeddings",
        "otel.status_code" = Empty,
        "error.type" = Empty,
        "gen_ai.operation.name" = "embeddings",
        "gen_ai.provider.name" = "openai",
        "gen_ai.request.model" = MODEL,
        "gen_ai.response.model" = Empty,
        "gen_ai.usage.input_tokens" = Empty,
    );
    span.record("gen_ai.response.model", MODEL);
    span.record("gen_ai.usage.input_tokens", 8_i64);
    drop(span);
    for operation in ["embeddings", "rerank", "transcription", "image_generation", "audio_generation"] {
        drop(info_span!(
            target: "rig::modalities",
            "modality",
            gen_ai.operation.name = operation,
            gen_ai.provider.name = "openai",
            gen_ai.request.model = MODEL,
            gen_ai.response.model = MODEL,
            gen_ai.usage.input_tokens = 8_u64,
            gen_ai.usage.tool_use_prompt_tokens = Empty,
        ));
    }
    watched.assert_total(NAMES.request, &[("outcome", "success")], 6.0);
    watched.assert_total(NAMES.tokens, &[("type", "prompt")], 48.0);
}

/// A call of adk-rust, whose spans say no operation.
fn adk(provider: &str) -> Span {
    info_span!(
        "gen_ai.generate",
        gen_ai.system = %provider,
        gen_ai.request.model = %MODEL,
        gen_ai.request.stream = true,
        gen_ai.usage.input_tokens = Empty,
        gen_ai.usage.output_tokens = Empty,
        gen_ai.usage.total_tokens = Empty,
        gen_ai.usage.cache_read_tokens = Empty,
        gen_ai.usage.cache_creation_tokens = Empty,
        gen_ai.usage.thinking_tokens = Empty,
        gen_ai.usage.audio_input_tokens = Empty,
        otel.kind = "client",
    )
}

#[test]
fn a_generation_of_adk_rust_is_read_as_its_total_says() {
    let table = [
        ("openai-responses", [10, 20, 30, 8, 0, 5], "openai", Usage::new(10, 20).cached_prompt(8).reasoning(5)),
        ("gemini", [100, 20, 135, 0, 0, 15], "gemini", Usage::new(100, 35).reasoning(15)),
        (
            "anthropic",
            [1_000, 50, 1_550, 400, 100, 0],
            "anthropic",
            Usage::new(1_500, 50).cached_prompt(400).cache_creation(100),
        ),
        ("azure-ai", [10, 20, 30, 0, 0, 0], "azure", Usage::new(10, 20)),
    ];
    for (provider, [input, output, total, read, creation, thinking], label, usage) in table {
        let watched = Watched::new();
        let span = info_span!("agent.run", agent.name = "reviewer").in_scope(|| adk(provider));
        // Every piece of a stream that has numbers writes them, the last as they are.
        for share in [2, 1] {
            span.record("gen_ai.usage.input_tokens", input / share);
            span.record("gen_ai.usage.output_tokens", output / share);
            span.record("gen_ai.usage.total_tokens", total / share);
        }
        span.record("gen_ai.usage.cache_read_tokens", read);
        span.record("gen_ai.usage.cache_creation_tokens", creation);
        span.record("gen_ai.usage.thinking_tokens", thinking);
        span.in_scope(|| info_span!("tool.execute", tool.name = "search").in_scope(|| ()));
        drop(span);
        assert_counted(&watched, label, MODEL, &usage, &PriceContext::default());
    }
}

#[test]
fn a_span_without_an_operation_counts_where_it_names_a_model_and_says_what_that_used() {
    type Case = (&'static str, fn() -> Span, f64, f64);
    let table: [Case; 8] = [
        (
            "a gateway's",
            || {
                info_span!(
                    "chat",
                    "gen_ai.system" = "openai",
                    "gen_ai.response.model" = MODEL,
                    "gen_ai.usage.input_tokens" = 3
                )
            },
            1.0,
            0.0,
        ),
        (
            "an operation that nobody knows",
            || {
                info_span!(
                    "llm",
                    gen_ai.operation.name = "response_create",
                    gen_ai.request.model = MODEL,
                    gen_ai.usage.input_tokens = 3
                )
            },
            1.0,
            0.0,
        ),
        (
            "one that failed",
            || {
                info_span!(
                    "llm.call",
                    gen_ai.request.model = MODEL,
                    gen_ai.usage.input_tokens = Empty,
                    exception.type = "RateLimitError",
                    otel.status_code = "ERROR",
                )
            },
            1.0,
            1.0,
        ),
        (
            "nothing was used",
            || {
                info_span!(
                    "node",
                    gen_ai.request.model = MODEL,
                    gen_ai.usage.input_tokens = Empty,
                    gen_ai.usage.output_tokens = 0
                )
            },
            0.0,
            0.0,
        ),
        (
            "a request that was refused before",
            || {
                info_span!(
                    "request",
                    gen_ai.request.model = MODEL,
                    gen_ai.usage.input_tokens = Empty,
                    http.response.status_code = 401
                )
            },
            0.0,
            0.0,
        ),
        ("no model", || info_span!("agent", gen_ai.request.model = Empty, gen_ai.usage.input_tokens = 3), 0.0, 0.0),
        (
            "an agent",
            || {
                info_span!(
                    "run",
                    gen_ai.operation.name = "create_agent",
                    gen_ai.request.model = MODEL,
                    gen_ai.usage.input_tokens = 3
                )
            },
            0.0,
            0.0,
        ),
        (
            "a tool",
            || info_span!("execute_tool", gen_ai.response.model = MODEL, gen_ai.usage.input_tokens = 3),
            0.0,
            0.0,
        ),
    ];
    for (case, tell, requests, errors) in table {
        let watched = Watched::new();
        drop(tell());
        assert_eq!(watched.total(NAMES.request, &[]), requests, "{case}");
        assert_eq!(watched.total(NAMES.errors, &[]), errors, "{case}");
        assert_eq!(watched.total(NAMES.tokens, &[]), if errors > 0.0 { 0.0 } else { requests * 3.0 }, "{case}");
    }
}

#[test]
fn a_provider_that_nobody_names_is_unknown() {
    let watched = Watched::new();
    drop(info_span!("chat", gen_ai.operation.name = "chat", gen_ai.response.id = "msg-1"));
    watched.assert_total(NAMES.request, &[("provider", "unknown"), ("model", "unknown"), ("outcome", "success")], 1.0);
}
