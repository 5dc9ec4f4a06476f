//! What is read of a span: names, numbers, and what they cost.

use std::sync::{Arc, Mutex};

use telemetry_llm::{CostSource, PriceContext, Usage};
use telemetry_testkit::TestTelemetry;
use tracing::field::{Empty, debug, display};
use tracing::{Span, info_span};

use super::watched::{Watched, agent, assert_counted, chat, tool, turn, used};
use crate::fixture::{MODEL, NAMES};

#[test]
fn a_turn_of_an_older_rig_is_a_request_with_its_tokens_and_their_price() {
    let table = [
        ("chat", "openai", "gpt-4o", [1_000, 200, 800, 0, 0, 0], "openai", Usage::new(1_000, 200).cached_prompt(800)),
        ("chat", "openai", "o3", [1_000, 200, 0, 0, 0, 150], "openai", Usage::new(1_000, 200).reasoning(150)),
        (
            "chat_streaming",
            "anthropic",
            "claude-sonnet-4-5",
            [3, 50, 0, 9_677, 0, 0],
            "anthropic",
            Usage::new(9_680, 50).cache_creation(9_677),
        ),
        (
            "chat",
            "anthropic",
            "claude-sonnet-4-5",
            [1_000, 50, 400, 100, 0, 20],
            "anthropic",
            Usage::new(1_500, 50).cached_prompt(400).cache_creation(100).reasoning(20),
        ),
        (
            "chat",
            "aws_bedrock",
            "amazon.nova-pro-v1:0",
            [1_000, 50, 400, 0, 0, 0],
            "bedrock",
            Usage::new(1_400, 50).cached_prompt(400),
        ),
        (
            "generate_content",
            "gcp.gemini",
            "gemini-2.5-pro",
            [100, 20, 0, 0, 7, 15],
            "gemini",
            Usage::new(107, 35).reasoning(15),
        ),
        ("interactions", "gcp.gemini", "gemini-2.5-pro", [9, 2, 0, 0, 0, 0], "gemini", Usage::new(9, 2)),
        ("embeddings", "openai", "text-embedding-3-small", [120, 0, 0, 0, 0, 0], "openai", Usage::new(120, 0)),
        ("rerank", "cohere", "rerank-v3.5", [30, 0, 0, 0, 0, 0], "cohere", Usage::new(30, 0)),
        ("chat", "hyperbolic", "model-of-ours", [5, 6, 0, 0, 0, 0], "hyperbolic", Usage::new(5, 6)),
    ];
    for (operation, provider, model, numbers, label, usage) in table {
        let watched = Watched::new();
        let span = turn(operation, provider, model);
        used(&span, numbers);
        watched.assert_no_series(NAMES.request, &[]);
        drop(span);
        let model = watched.metrics().series().into_iter().find_map(|series| series.label("model").map(str::to_owned));
        let model = model.expect("it counts");
        assert_counted(&watched, label, &model, &usage, &PriceContext::default());
    }
}

#[test]
fn only_what_has_a_price_has_a_cost() {
    let watched = Watched::new();
    for (provider, model) in [("openai", MODEL), ("hyperbolic", "model-of-ours")] {
        used(&turn("chat", provider, model), [1_000_000, 500_000, 0, 0, 0, 0]);
    }
    let metrics = watched.metrics();
    metrics.assert_counter(NAMES.cost, &[("provider", "openai"), ("model", MODEL)], 2.0);
    metrics.assert_total(NAMES.cost, &[], 2.0);
    metrics.assert_counter(NAMES.unpriced, &[("provider", "hyperbolic"), ("model", "model-of-ours")], 1.0);
    metrics.assert_total(NAMES.unpriced, &[], 1.0);
}

#[test]
fn names_and_numbers_are_read_however_they_are_spelled() {
    type Case = (&'static str, fn() -> Span, &'static str, Usage);
    let table: [Case; 9] = [
        (
            "the older names, and a number as text",
            || {
                info_span!(
                    "completion",
                    gen_ai.operation.name = "text_completion",
                    gen_ai.system = "openai",
                    gen_ai.request.model = MODEL,
                    gen_ai.usage.prompt_tokens = 40_i64,
                    gen_ai.usage.completion_tokens = "7",
                    gen_ai.usage.cached_tokens = 8_u64,
                )
            },
            "openai",
            Usage::new(40, 7).cached_prompt(8),
        ),
        (
            "as Display and as Debug",
            || {
                info_span!(
                    "chat",
                    gen_ai.operation.name = %"chat",
                    gen_ai.provider.name = ?"openai",
                    gen_ai.request.model = ?Some(MODEL),
                    gen_ai.usage.input_tokens = ?Some(40_u32),
                    gen_ai.usage.output_tokens = %7,
                )
            },
            "openai",
            Usage::new(40, 7),
        ),
        (
            "fractions, wide and negative numbers",
            || {
                info_span!(
                    "chat",
                    gen_ai.operation.name = "chat",
                    gen_ai.provider.name = "openai",
                    gen_ai.response.model = MODEL,
                    gen_ai.usage.input_tokens = 40.0,
                    gen_ai.usage.output_tokens = 7_u128,
                    gen_ai.usage.cache_read_input_tokens = -1_i64,
                    gen_ai.usage.reasoning.output_tokens = f64::NAN,
                )
            },
            "openai",
            Usage::new(40, 7),
        ),
        (
            "what is said last counts",
            || {
                let span = info_span!(
                    "chat",
                    gen_ai.operation.name = Empty,
                    gen_ai.provider.name = "nobody yet",
                    gen_ai.request.model = Empty,
                    gen_ai.usage.input_tokens = 1,
                    gen_ai.usage.output_tokens = 1,
                );
                span.record("gen_ai.operation.name", "generate_content");
                span.record("gen_ai.provider.name", "az.ai.openai");
                span.record("gen_ai.request.model", display(MODEL));
                span.record("gen_ai.usage.input_tokens", 40);
                span.record("gen_ai.usage.output_tokens", debug(7));
                span
            },
            "azure",
            Usage::new(40, 7),
        ),
        (
            "parts within their whole, as the conventions have them",
            || {
                info_span!(
                    "chat",
                    gen_ai.operation.name = "chat",
                    gen_ai.provider.name = "anthropic",
                    gen_ai.request.model = MODEL,
                    gen_ai.usage.input_tokens = 1_500,
                    gen_ai.usage.output_tokens = 50,
                    gen_ai.usage.cache_read.input_tokens = 400,
                    gen_ai.usage.cache_creation.input_tokens = 100,
                    gen_ai.usage.reasoning.output_tokens = 20,
                )
            },
            "anthropic",
            Usage::new(1_500, 50).cached_prompt(400).cache_creation(100).reasoning(20),
        ),
        (
            "parts that exceed their whole stand beside it",
            || {
                info_span!(
                    "chat",
                    gen_ai.operation.name = "chat",
                    gen_ai.provider.name = "anthropic",
                    gen_ai.request.model = MODEL,
                    gen_ai.usage.input_tokens = 3,
                    gen_ai.usage.output_tokens = 10,
                    gen_ai.usage.cache_read_input_tokens = 400,
                    gen_ai.usage.cache_creation_input_tokens = 100,
                    gen_ai.usage.thinking_tokens = 20,
                )
            },
            "anthropic",
            Usage::new(503, 30).cached_prompt(400).cache_creation(100).reasoning(20),
        ),
        (
            "a total says that the cache stands beside",
            || {
                info_span!(
                    "chat",
                    gen_ai.operation.name = "chat",
                    gen_ai.provider.name = "anthropic",
                    gen_ai.request.model = MODEL,
                    gen_ai.usage.input_tokens = 1_000,
                    gen_ai.usage.output_tokens = 50,
                    gen_ai.usage.cache_read.input_tokens = 400,
                    gen_ai.usage.total_tokens = 1_450,
                )
            },
            "anthropic",
            Usage::new(1_400, 50).cached_prompt(400),
        ),
        (
            "a total says that the cache stands within, against the library's habit",
            || {
                info_span!(
                    target: "rig::completions",
                    "chat",
                    gen_ai.operation.name = "chat",
                    gen_ai.provider.name = "anthropic",
                    gen_ai.request.model = MODEL,
                    gen_ai.usage.input_tokens = 1_000,
                    gen_ai.usage.output_tokens = 50,
                    gen_ai.usage.cache_read.input_tokens = 400,
                    gen_ai.usage.total_tokens = 1_050,
                )
            },
            "anthropic",
            Usage::new(1_000, 50).cached_prompt(400),
        ),
        (
            "one side only",
            || {
                info_span!(
                    "embeddings",
                    gen_ai.operation.name = "embeddings",
                    gen_ai.provider.name = "mistral_ai",
                    gen_ai.request.model = MODEL,
                    gen_ai.usage.input_tokens = 12,
                )
            },
            "mistral",
            Usage::new(12, 0),
        ),
    ];
    for (case, span, provider, usage) in table {
        let watched = Watched::new();
        drop(span());
        assert_eq!(watched.total(NAMES.request, &[("provider", provider), ("model", MODEL)]), 1.0, "{case}");
        assert_counted(&watched, provider, MODEL, &usage, &PriceContext::default());
    }
}

#[test]
fn the_tier_that_an_answer_names_decides_the_price() {
    for tier in ["default", "priority", "flex"] {
        let watched = Watched::new();
        drop(info_span!(
            "chat",
            gen_ai.operation.name = "chat",
            gen_ai.provider.name = "openai",
            gen_ai.request.model = "gpt-5",
            gen_ai.usage.input_tokens = 1_000,
            gen_ai.usage.output_tokens = 500,
            openai.response.service_tier = tier,
        ));
        let context = PriceContext { service_tier: Some(tier), ..PriceContext::default() };
        assert_counted(&watched, "openai", "gpt-5", &Usage::new(1_000, 500), &context);
    }
}

#[test]
fn agents_and_tools_are_no_calls() {
    let watched = Watched::new();
    used(&agent(), [10, 20, 0, 0, 0, 0]);
    drop(tool());
    for operation in ["create_agent", "invoke_agent", "invoke_workflow", "execute_tool", "Plan", "retrieval"] {
        used(&turn(operation, "openai", MODEL), [10, 20, 0, 0, 0, 0]);
    }
    drop(turn("list_models", "openai", MODEL));
    drop(info_span!("checkout", order = 7));
    watched.assert_no_series(NAMES.request, &[]);
    watched.assert_no_series(NAMES.tokens, &[]);
    used(&chat(), [10, 20, 0, 0, 0, 0]);
    watched.assert_total(NAMES.request, &[], 1.0);
}

#[test]
fn what_peers_say_is_cut_and_numbers_beyond_belief_count_nowhere() {
    let watched = Watched::new();
    let long = "x".repeat(1 << 20);
    let span = turn("chat", &long, &long);
    span.record("gen_ai.response.model", debug(&long));
    span.record("gen_ai.output.messages", long.as_str());
    used(&span, [u64::MAX; 6]);
    drop(span);
    let metrics = watched.metrics();
    metrics.assert_total(NAMES.request, &[("outcome", "success")], 1.0);
    metrics.assert_total(NAMES.tokens, &[], 0.0);
    for series in metrics.series() {
        for label in ["provider", "model"] {
            assert!(series.label(label).is_none_or(|value| value.len() <= 256), "{series:?}");
        }
    }
}

#[test]
fn the_conventions_metrics_and_the_record_of_the_call_are_there_too() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let tell = Arc::clone(&told);
    let watched = Watched::with(TestTelemetry::builder(), Some(true), |layer| {
        layer.on_end(move |ended| tell.lock().expect("nobody panicked").push(ended.record()))
    });
    let span = turn("chat_streaming", "gcp.gemini", MODEL);
    span.record("gen_ai.response.model", "test-model-001");
    used(&span, [1_000, 500, 0, 0, 0, 0]);
    drop(span);
    let labels = [
        ("gen_ai.operation.name", "chat"),
        ("gen_ai.provider.name", "gcp.gemini"),
        ("gen_ai.request.model", MODEL),
        ("gen_ai.response.model", "test-model-001"),
    ];
    watched.assert_histogram_count("gen_ai.client.operation.duration", &labels, 1);
    let told = told.lock().expect("nobody panicked");
    let [record] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((&*record.provider, &*record.model, &*record.outcome), ("gemini", MODEL, "success"));
    assert_eq!(record.response_model.as_deref(), Some("test-model-001"));
    assert_eq!(record.usage, Some(Usage::new(1_000, 500)));
    assert_eq!((record.cost_usd, record.cost_source.as_deref()), (Some(0.002), Some(CostSource::Table.as_str())));
    assert_eq!(record.trace_id, None);
}
