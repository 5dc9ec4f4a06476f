//! A call about to start, and what its caller may say of it before.

use std::fmt;
use std::sync::Arc;

use telemetry_core::trace::ActiveSpan;
use tokio::time::Instant;
use tracing::field::Empty;

use super::guard::Call;
use crate::content::Content;
use crate::gen_ai;
use crate::llm::Llm;
use crate::metrics::ModelMetricsKey;
use crate::record::OnEnd;

/// A call about to start. [`start`](Self::start) starts it.
#[derive(Clone, Copy)]
#[must_use = "a call starts with `start`"]
pub struct CallStart<'a> {
    llm: &'a Llm,
    provider: &'a str,
    model: &'a str,
    operation: &'a str,
    prompt_length: Option<usize>,
    server: Option<(&'a str, u16)>,
    batch: bool,
    content: Option<Content>,
    on_end: Option<&'a OnEnd>,
}

impl<'a> CallStart<'a> {
    pub(crate) fn new(llm: &'a Llm, provider: &'a str, model: &'a str) -> Self {
        Self {
            llm,
            provider,
            model,
            operation: gen_ai::CHAT,
            prompt_length: None,
            server: None,
            batch: false,
            content: None,
            on_end: None,
        }
    }

    /// How many messages the prompt has, for the span's `prompt_length`.
    pub fn prompt_length(self, messages: usize) -> Self {
        Self { prompt_length: Some(messages), ..self }
    }

    /// What the model is asked for, for `gen_ai.operation.name`: `chat` unless set; `embeddings`, `generate_content`.
    pub fn operation(self, operation: &'a str) -> Self {
        Self { operation, ..self }
    }

    /// The host and port that are called, for `server.address` and `server.port`.
    pub fn server(self, address: &'a str, port: u16) -> Self {
        Self { server: Some((address, port)), ..self }
    }

    /// Says that the call is part of a batch, which has prices of its own.
    pub fn batch(self) -> Self {
        Self { batch: true, ..self }
    }

    /// Lets this call's span hold what [`Call::prompt`] and [`Call::completion`] are given. Nothing else turns that on.
    pub fn capture_content(self, content: Content) -> Self {
        Self { content: Some(content), ..self }
    }

    /// Tells the callback of the call's end, however it ends: also when its guard is dropped, of which nothing else tells.
    pub fn on_end(self, callback: &'a OnEnd) -> Self {
        Self { on_end: Some(callback), ..self }
    }

    /// Starts the call: its clock and its span `llm.complete`.
    pub fn start(self) -> Call {
        let started = Instant::now();
        let name = self.llm.name(self.provider, self.model);
        let look_up =
            || Arc::clone(self.llm.models().get(ModelMetricsKey { provider: &name.provider, model: &name.model }));
        let metrics = Arc::clone(name.metrics.get_or_init(look_up));
        let span = ActiveSpan::start(|| {
            tracing::info_span!(
                "llm.complete",
                otel.kind = "client",
                provider = name.provider,
                model = name.model,
                prompt_length = self.prompt_length,
                prompt_tokens = Empty,
                completion_tokens = Empty,
                outcome = Empty,
                error_type = Empty,
                gen_ai.operation.name = self.operation,
                gen_ai.provider.name = gen_ai::provider_name(&name.provider),
                gen_ai.request.model = name.called,
                server.address = self.server.map(|(address, _)| address),
                server.port = self.server.map(|(_, port)| port),
            )
        });
        let conventions = self.llm.conventions().of_call(self.operation, &name);
        let mut call = Call::new(self.llm.clone(), name, metrics, span, started);
        call.batch = self.batch;
        call.content = self.content;
        call.on_end = self.on_end.cloned();
        call.conventions = conventions;
        call
    }
}

impl fmt::Debug for CallStart<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallStart")
            .field("provider", &self.provider)
            .field("model", &self.model)
            .field("operation", &self.operation)
            .finish_non_exhaustive()
    }
}
