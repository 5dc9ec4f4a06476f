//! The middleware itself: which requests are calls, and the guard around each.

use async_trait::async_trait;
use http::Extensions;
use reqwest::{Client, Request, Response};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Middleware, Next};

use super::calls::Calls;
use super::of_reqwest::{find, watched};
use super::watch::Watch;
use crate::failure::Failure;
use crate::llm::Llm;
use crate::record::Ended;

/// Measures calls to providers that a reqwest client makes; other requests pass as they are.
///
/// Known are the hosts of OpenAI, Anthropic, Gemini (also on Vertex AI), Azure, Bedrock, Mistral, DeepSeek, xAI, Groq,
/// OpenRouter, Perplexity, Moonshot, Cohere and some more; [`host`](Self::host) and the setting
/// [`hosts`](crate::LlmSettings::hosts) add others, such as a gateway's. Measured are the paths at which models answer, as
/// [`shapes_as_markdown`](crate::shapes_as_markdown) lists them, and those of [`path`](Self::path). The call lasts until the answer's body has been read to its
/// end: a body that is dropped before counts as cancelled. Whether that is an answer or a stream of events its first
/// character tells, and not its type. Bodies are read as they pass by, whatever their size, and not held.
///
/// Put it before middleware that tries again, so that what that does is one call.
///
/// ```no_run
/// use telemetry_llm::Llm;
///
/// # async fn example() -> Result<(), reqwest_middleware::Error> {
/// let client = Llm::global().client(reqwest::Client::new());
/// let answer = client
///     .post("https://api.openai.com/v1/chat/completions")
///     .bearer_auth("…")
///     .json(&serde_json::json!({"model": "gpt-4o", "messages": [{"role": "user", "content": "Hello"}]}))
///     .send()
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct LlmMiddleware {
    calls: Calls,
}

impl Llm {
    /// A client whose calls to providers are measured.
    #[must_use]
    pub fn client(&self, client: Client) -> ClientWithMiddleware {
        LlmMiddleware::new(self).client(client)
    }
}

impl LlmMiddleware {
    /// Middleware whose calls are recorded by this.
    #[must_use]
    pub fn new(llm: &Llm) -> Self {
        Self { calls: Calls::new(llm) }
    }

    /// Says which provider answers at a host (`llm.example.com`, or with its port `llm.example.com:8443`).
    #[must_use]
    pub fn host(mut self, host: impl Into<String>, provider: impl Into<String>) -> Self {
        self.calls.host(host, provider);
        self
    }

    /// Says that models answer at paths that end so, beside those that are known, and what is asked for there
    /// (`gen_ai.operation.name`): `chat`, `text_completion`, `generate_content` or `embeddings`.
    ///
    /// ```
    /// use telemetry_llm::{Llm, LlmMiddleware};
    ///
    /// let measured = LlmMiddleware::new(Llm::global()).host("llm.internal", "openai").path("/v1/ask", "chat");
    /// ```
    #[must_use]
    pub fn path(mut self, end: impl Into<String>, operation: &'static str) -> Self {
        self.calls.path(end, operation);
        self
    }

    /// Tells of each call that has ended, so that its record can be stored. The callback is called where the end is
    /// noticed, often within a poll, and should not block.
    ///
    /// ```no_run
    /// # use telemetry_llm::{Llm, LlmMiddleware, UsageQueue};
    /// # fn example(queue: UsageQueue) -> LlmMiddleware {
    /// LlmMiddleware::new(Llm::global()).on_end(move |ended| {
    ///     if let Err(error) = queue.try_push(ended.record()) {
    ///         eprintln!("usage is not stored: {error}");
    ///     }
    /// })
    /// # }
    /// ```
    #[must_use]
    pub fn on_end(mut self, callback: impl Fn(&Ended) + Send + Sync + 'static) -> Self {
        self.calls.on_end(callback);
        self
    }

    /// A client whose calls are measured by this, and that has no other middleware.
    #[must_use]
    pub fn client(self, client: Client) -> ClientWithMiddleware {
        ClientBuilder::new(client).with(self).build()
    }
}

#[async_trait]
impl Middleware for LlmMiddleware {
    async fn handle(
        &self,
        mut request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> reqwest_middleware::Result<Response> {
        let Some(found) = find(&request, extensions, &self.calls) else {
            return next.run(request, extensions).await;
        };
        let call = self.calls.start(&found);
        found.inject(&call, request.headers_mut());
        match call.instrument(next.run(request, extensions)).await {
            Ok(response) => Ok(watched(response, |response| Watch::call(call, response.status(), response.headers()))),
            Err(error) => {
                call.fail(Failure::from_error(&error));
                Err(error)
            }
        }
    }
}
