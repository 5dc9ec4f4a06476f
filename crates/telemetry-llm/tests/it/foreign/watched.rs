//! A subscriber that has the layer, and spans as libraries make them.

use std::ops::Deref;

use telemetry_llm::{GenAiLayer, Llm, LlmSettings};
use telemetry_testkit::{EnteredTelemetry, TestTelemetry, TestTelemetryBuilder};
use tracing::Span;
use tracing::field::Empty;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::Registry;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::fixture::{MODEL, price, prices};

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

/// A model's turn, as rig has it.
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
