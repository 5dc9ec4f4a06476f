//! The conventions' metrics, recorded beside our own on request. `server.address` and `server.port` are on the span
//! only: a metric has five labels at most.

use std::borrow::Cow;
use std::time::Duration;

use telemetry_core::{Catalogue, EntityId, Family, Histogram, Label, Meter, Metrics, Semconv, SemconvSwitch};

use super::names::{self, provider_name};
use crate::names::Name;
use crate::usage::Usage;

#[derive(Label, Clone, Copy)]
#[label(name = "gen_ai.token.type")]
pub(crate) enum TokenKind {
    Input,
    Output,
}

/// The metrics of the OpenTelemetry semantic conventions that are recorded beside this crate's own, where the settings ask
/// for them.
pub const CONVENTIONS: Catalogue = Catalogue::new(
    env!("CARGO_PKG_NAME"),
    &[OperationMetrics::CATALOGUE, UsageMetrics::CATALOGUE, ChunkMetrics::CATALOGUE],
);

/// What the conventions measure of operations.
#[derive(Metrics)]
#[metrics(
    scope = "telemetry.llm",
    convention,
    entity(
        operation(name = "gen_ai.operation.name"),
        provider(name = "gen_ai.provider.name"),
        request(name = "gen_ai.request.model"),
        response(name = "gen_ai.response.model"),
        error(name = "error.type")
    )
)]
pub(crate) struct OperationMetrics {
    /// GenAI operation duration
    #[metric(
        name = "gen_ai.client.operation.duration",
        unit = "s",
        buckets = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92]
    )]
    duration: Histogram,
}

/// What the conventions measure of tokens.
#[derive(Metrics)]
#[metrics(
    scope = "telemetry.llm",
    convention,
    entity(
        operation(name = "gen_ai.operation.name"),
        provider(name = "gen_ai.provider.name"),
        request(name = "gen_ai.request.model"),
        response(name = "gen_ai.response.model")
    )
)]
pub(crate) struct UsageMetrics {
    /// Number of input and output tokens used
    #[metric(
        name = "gen_ai.client.token.usage",
        unit = "{token}",
        buckets = [
            1.0, 4.0, 16.0, 64.0, 256.0, 1_024.0, 4_096.0, 16_384.0, 65_536.0, 262_144.0, 1_048_576.0, 4_194_304.0,
            16_777_216.0, 67_108_864.0
        ]
    )]
    tokens: Histogram<TokenKind>,
}

/// What the conventions measure of streamed answers.
#[derive(Metrics)]
#[metrics(
    scope = "telemetry.llm",
    convention,
    entity(
        operation(name = "gen_ai.operation.name"),
        provider(name = "gen_ai.provider.name"),
        request(name = "gen_ai.request.model")
    )
)]
pub(crate) struct ChunkMetrics {
    /// Time to receive the first chunk of a streamed response
    #[metric(
        name = "gen_ai.client.operation.time_to_first_chunk",
        unit = "s",
        buckets = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0]
    )]
    first: Histogram,
    /// Time per output chunk, recorded for each chunk received after the first one
    #[metric(
        name = "gen_ai.client.operation.time_per_output_chunk",
        unit = "s",
        buckets = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5]
    )]
    next: Histogram,
}

/// The conventions' metrics, if they are asked for.
pub(crate) struct Conventions {
    switch: SemconvSwitch,
    operations: Family<OperationMetrics>,
    usage: Family<UsageMetrics>,
    chunks: Family<ChunkMetrics>,
}

impl Conventions {
    pub(crate) fn new(meter: &Meter, told: Option<bool>) -> Self {
        Self {
            switch: SemconvSwitch::new(meter, Semconv::GenAi, told),
            operations: Family::new(meter),
            usage: Family::new(meter),
            chunks: Family::new(meter),
        }
    }

    /// Registers a model under the names that the conventions have for it. What a provider says has answered stays
    /// within its limit, and what is done is one of a few operations.
    pub(crate) fn register(&self, name: &Name) {
        let (provider, request) = (provider_name(&name.provider), &*name.called);
        let (operation, response, error) = ("", "", "");
        self.operations.register(OperationMetricsKey { operation, provider, request, response, error });
        self.usage.register(UsageMetricsKey { operation, provider, request, response });
        self.chunks.register(ChunkMetricsKey { operation, provider, request });
    }

    /// What one call is recorded with; nothing unless they are asked for.
    pub(crate) fn of_call(&self, operation: &str, name: &Name) -> Option<ConventionsOfCall> {
        self.switch.is_on().then(|| {
            let key = ChunkMetricsKey { operation, provider: provider_name(&name.provider), request: &name.called };
            let known = names::OPERATIONS.into_iter().find(|known| *known == operation);
            let operation = known.map_or_else(|| Cow::Owned(operation.to_owned()), Cow::Borrowed);
            ConventionsOfCall { operation, chunks: self.chunks.find(key) }
        })
    }

    pub(crate) fn first_chunk(&self, call: &ConventionsOfCall, after: Duration) {
        self.chunks.at(call.chunks).first.record(after.as_secs_f64());
    }

    pub(crate) fn next_chunk(&self, call: &ConventionsOfCall, after: Duration) {
        self.chunks.at(call.chunks).next.record(after.as_secs_f64());
    }

    pub(crate) fn end(
        &self,
        call: &ConventionsOfCall,
        name: &Name,
        response: &str,
        error: &str,
        elapsed: Duration,
        usage: Option<&Usage>,
    ) {
        let (operation, provider, request) = (&*call.operation, provider_name(&name.provider), &*name.called);
        let metrics = self.operations.get(OperationMetricsKey { operation, provider, request, response, error });
        metrics.duration.record(elapsed.as_secs_f64());
        if let Some(usage) = usage {
            let metrics = self.usage.get(UsageMetricsKey { operation, provider, request, response });
            metrics.tokens.at(TokenKind::Input).record(usage.prompt_tokens() as f64);
            metrics.tokens.at(TokenKind::Output).record(usage.completion_tokens() as f64);
        }
    }
}

/// One call as the conventions see it.
pub(crate) struct ConventionsOfCall {
    operation: Cow<'static, str>,
    chunks: EntityId<ChunkMetrics>,
}
