//! A subscriber that has the layer, and spans as libraries make them.

use std::ops::Deref;

use telemetry_llm::{GenAiLayer, Llm, LlmSettings, PriceContext, Usage};
use telemetry_testkit::{EnteredTelemetry, TestTelemetry, TestTelemetryBuilder};
use tracing::Span;
use tracing::field::Empty;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::Registry;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::fixture::{MODEL, NAMES, price, prices};

/// Calls recorded from spans of this thread, by tokio's clock.
pub(crate) struct Watched {
    _subscriber: DefaultGuard,
    pub(crate) llm: Llm,
    telemetry: EnteredTelemetry,
}

impl Watched {
    pub(crate) fn new() -> Self {
        Self::of(TestTelemetry::builder())
    }

    pub(crate) fn of(telemetry: TestTelemetryBuilder) -> Self {
        Self::with(telemetry, None, |layer| layer)
    }

    pub(crate) fn with(
        telemetry: TestTelemetryBuilder,
        semconv: Option<bool>,
        change: impl FnOnce(GenAiLayer) -> GenAiLayer,
    ) -> Self {
        let telemetry = telemetry.with_tokio_time().entered();
        let prices = prices(&[(MODEL, price(1.0, 2.0))]);
        let settings = LlmSettings { prices, semconv, ..LlmSettings::default() };
        let llm = Llm::with_settings(telemetry.meter(), settings).expect("the settings are sound");
        let layer = change(GenAiLayer::new(&llm)).layer();
        let subscriber = tracing::subscriber::set_default(Registry::default().with(layer));
        Self { _subscriber: subscriber, llm, telemetry }
    }
}

impl Deref for Watched {
    type Target = TestTelemetry;

    fn deref(&self) -> &TestTelemetry {
        &self.telemetry
    }
}

/// Asserts that there was one successful request of that provider and model, with these tokens and the table's price.
#[track_caller]
pub(crate) fn assert_counted(
    watched: &Watched,
    provider: &str,
    model: &str,
    usage: &Usage,
    context: &PriceContext<'_>,
) {
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

/// A model's turn, as rig had it before 0.43.
pub(crate) fn turn(operation: &str, provider: &str, model: &str) -> Span {
    tracing::info_span!(
        target: "rig::completions",
        "chat",
        gen_ai.operation.name = operation,
        gen_ai.provider.name = provider,
        gen_ai.request.model = model,
        gen_ai.system_instructions = Empty,
        gen_ai.response.id = Empty,
        gen_ai.response.model = Empty,
        gen_ai.usage.input_tokens = Empty,
        gen_ai.usage.output_tokens = Empty,
        gen_ai.usage.cache_read.input_tokens = Empty,
        gen_ai.usage.cache_creation.input_tokens = Empty,
        gen_ai.usage.tool_use_prompt_tokens = Empty,
        gen_ai.usage.reasoning_tokens = Empty,
        gen_ai.input.messages = Empty,
        gen_ai.output.messages = Empty,
    )
}

/// A call to the model that has a price.
pub(crate) fn chat() -> Span {
    turn("chat", "openai", MODEL)
}

/// An agent's run, whose usage is that of all its turns.
pub(crate) fn agent() -> Span {
    tracing::info_span!(
        "invoke_agent",
        gen_ai.operation.name = "invoke_agent",
        gen_ai.agent.name = "reviewer",
        gen_ai.usage.input_tokens = Empty,
        gen_ai.usage.output_tokens = Empty,
    )
}

/// A tool's run.
pub(crate) fn tool() -> Span {
    tracing::info_span!("execute_tool", gen_ai.operation.name = "execute_tool", gen_ai.tool.name = "search")
}

/// Says what was used: input and output, cache reads and writes, what tools put in, reasoning.
pub(crate) fn used(span: &Span, numbers: [u64; 6]) {
    let fields = [
        "gen_ai.usage.input_tokens",
        "gen_ai.usage.output_tokens",
        "gen_ai.usage.cache_read.input_tokens",
        "gen_ai.usage.cache_creation.input_tokens",
        "gen_ai.usage.tool_use_prompt_tokens",
        "gen_ai.usage.reasoning_tokens",
    ];
    for (field, number) in fields.into_iter().zip(numbers) {
        span.record(field, number);
    }
}
