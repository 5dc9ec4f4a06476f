//! A call about to start, and what its caller may say of it before.

use std::borrow::Cow;
use std::fmt;

use telemetry_core::{Operation, Shared, conversation, operation_span, scope, text};
use tracing::field::Empty;

use super::guard::{Call, Extras};
use super::noted::Noted;
use crate::content::Content;
use crate::gen_ai;
use crate::inner::Inner;
use crate::record::OnEnd;
use crate::target::Target;

/// A call about to start. [`start`](Self::start) starts it.
#[derive(Clone, Copy)]
#[must_use = "a call starts with `start`"]
pub struct CallStart<'a> {
    shared: &'a Shared<Inner>,
    provider: &'a str,
    model: &'a str,
    operation: &'a str,
    conversation: Option<&'a str>,
    prompt_length: Option<usize>,
    server: Option<(&'a str, u16)>,
    batch: bool,
    content: Option<Content>,
    on_end: Option<&'a OnEnd>,
}

impl<'a> CallStart<'a> {
    pub(crate) fn new(shared: &'a Shared<Inner>, provider: &'a str, model: &'a str) -> Self {
        Self {
            shared,
            provider,
            model,
            operation: gen_ai::CHAT,
            conversation: None,
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

    /// The conversation that the call is part of, for `gen_ai.conversation.id`: back ends show as one session what has the
    /// same. Where it is not set, it is what [`conversation::current`] says, which a whole request can share. More than 256
    /// bytes are cut.
    pub fn conversation(self, id: &'a str) -> Self {
        Self { conversation: Some(id), ..self }
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
        #[cfg(feature = "tracing-layer")]
        crate::own_calls::starts();
        let target = Target::new(self.shared, self.provider, self.model);
        let operation = Operation::start(|| {
            operation_span!(
                "llm.complete",
                otel.kind = "client",
                provider = target.provider(),
                model = target.model(),
                prompt_length = self.prompt_length.map(|messages| i64::try_from(messages).unwrap_or(i64::MAX)),
                prompt_tokens = Empty,
                completion_tokens = Empty,
                error_type = Empty,
                reason = Empty,
                cost_usd = Empty,
                cost_source = Empty,
                cost_partial = Empty,
                batch = self.batch.then_some(true),
                attempts = Empty,
                gen_ai.operation.name = self.operation,
                gen_ai.provider.name = gen_ai::provider_name(&target.name().provider),
                gen_ai.request.model = &*target.name().called,
                gen_ai.conversation.id = self.conversation_id().as_deref(),
                gen_ai.response.model = Empty,
                gen_ai.response.id = Empty,
                gen_ai.usage.input_tokens = Empty,
                gen_ai.usage.output_tokens = Empty,
                gen_ai.usage.cache_read.input_tokens = Empty,
                gen_ai.usage.cache_creation.input_tokens = Empty,
                gen_ai.usage.reasoning.output_tokens = Empty,
                gen_ai.input.messages = Empty,
                gen_ai.output.messages = Empty,
                http.response.status_code = Empty,
                server.address = self.server.map(|(address, _)| address),
                server.port = self.server.map(|(_, port)| i64::from(port)),
            )
        });
        let extras = Extras {
            content: self.content,
            on_end: self.on_end.map(OnEnd::lease),
            conventions: target.inner().conventions.of_call(self.operation, target.name()),
            // The one that the call is made in, wherever its guard ends.
            scope: scope::current(),
            ..Extras::default()
        };
        Call::new(target, operation, Noted::new(self.batch), extras)
    }

    fn conversation_id(&self) -> Option<Cow<'_, str>> {
        match self.conversation {
            Some(id) => Some(text::cut(id, text::NAME)),
            None => conversation::current().map(Cow::Owned),
        }
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
