//! What is read of a span: names, numbers, and what they cost.

use std::sync::{Arc, Mutex};

use telemetry_core::Telemetry;
use telemetry_llm::{CostSource, GenAiLayer, Llm, PriceContext, Usage};
use telemetry_testkit::{OtlpSink, TestTelemetry};
use tracing::field::{Empty, debug, display};
use tracing::{Span, info_span};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{Layer as _, Registry};

use super::watched::{Watched, agent, chat, tool, turn, used};
use crate::fixture::{MODEL, NAMES};

/// Asserts that there was one successful request of that provider and model, with these tokens and the table's price.
#[track_caller]
fn assert_counted(watched: &Watched, provider: &str, model: &str, usage: &Usage, context: &PriceContext<'_>) {
    let metrics = watched.metrics();
    let labels = [("provider", provider), ("model", model)];
    let with = |kind| [labels[0], labels[1], ("type", kind)];
    metrics.assert_total(NAMES.request, &[], 1.0);
    metrics.assert_histogram_count(NAMES.request, &[labels[0], labels[1], ("outcome", "success")], 1);
    metrics.assert_counter(NAMES.tokens, &with("prompt"), usage.prompt_tokens() as f64);
    metrics.assert_counter(NAMES.tokens, &with("completion"), usage.completion_tokens() as f64);
    for (kind, tokens) in [
        ("cached_prompt", usage.cached_prompt_tokens()),
        ("cache_creation", usage.cache_creation_tokens()),
        ("reasoning", usage.reasoning_tokens()),
    ] {
        metrics.assert_total(NAMES.token_details, &with(kind), tokens as f64);
    }
    metrics.assert_total(NAMES.errors, &[], 0.0);
    match watched.llm.prices().cost(provider, model, usage, context) {
        Ok(cost) => metrics.assert_counter(NAMES.cost, &labels, cost),
        Err(_) => metrics.assert_counter(NAMES.unpriced, &labels, 1.0),
    }
}

#[test]
fn a_turn_of_rig_is_a_request_with_its_tokens_and_their_price() {
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
fn agents_tools_and_what_says_no_operation_are_no_calls() {
    let watched = Watched::new();
    used(&agent(), [10, 20, 0, 0, 0, 0]);
    drop(tool());
    for operation in ["create_agent", "list_models", ""] {
        used(&turn(operation, "openai", MODEL), [10, 20, 0, 0, 0, 0]);
    }
    drop(info_span!("chat", gen_ai.system = "openai", gen_ai.request.model = MODEL, gen_ai.usage.input_tokens = 3));
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

#[test]
fn the_layers_of_telemetry_beside_it_see_what_they_saw_before() {
    for comes_first in [true, false] {
        let test = TestTelemetry::new();
        let llm = Llm::new(test.meter());
        let sink = OtlpSink::start();
        let telemetry = Telemetry::builder("gateway").endpoint(sink.endpoint()).own_subscriber().build();
        let telemetry = telemetry.expect("the settings are sound");
        let say = || {
            tracing::info_span!("checkout").in_scope(|| {
                let span = turn("chat", "openai", "gpt-4o");
                used(&span, [1_000, 200, 0, 0, 0, 0]);
                span.in_scope(|| tracing::warn!("card declined"));
            });
        };
        let layer = GenAiLayer::new(&llm);
        if comes_first {
            let subscriber = Registry::default().with(layer.layer()).with(telemetry.layer());
            tracing::subscriber::with_default(subscriber, say);
        } else {
            let subscriber = Registry::default().with(telemetry.layer()).with(layer.layer());
            tracing::subscriber::with_default(subscriber, say);
        }
        drop(telemetry.shutdown());
        let spans = sink.spans();
        let chat = spans.one("chat");
        chat.assert_attribute("gen_ai.usage.input_tokens", "1000");
        assert_eq!(spans.parent_of(chat).map(|span| &*span.name), Some("checkout"));
        spans.assert_absent("llm.complete");
        sink.logs().one("card declined").assert_in(chat);
        test.metrics().assert_counter(NAMES.tokens, &[("model", "gpt-4o"), ("type", "prompt")], 1_000.0);
        test.assert_total(NAMES.request, &[], 1.0);
    }
}

#[test]
fn a_filter_of_another_layer_hides_no_call() {
    let test = TestTelemetry::new();
    let llm = Llm::new(test.meter());
    let console = tracing_subscriber::fmt::layer().with_writer(std::io::sink).with_filter(LevelFilter::ERROR);
    let subscriber = Registry::default().with(console).with(GenAiLayer::new(&llm).layer());
    tracing::subscriber::with_default(subscriber, || used(&chat(), [10, 20, 0, 0, 0, 0]));
    test.assert_total(NAMES.request, &[], 1.0);
    test.assert_total(NAMES.tokens, &[], 30.0);
}
