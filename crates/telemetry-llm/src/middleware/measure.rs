//! The middleware itself: which requests are calls, and the guard around each.

use std::collections::BTreeMap;
use std::fmt;

use async_trait::async_trait;
use http::Extensions;
use reqwest::{Body, Client, Request, Response, ResponseBuilderExt, Url};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Middleware, Next};
use telemetry_core::propagation::{self, Destinations};

use super::body::Measured;
use super::endpoint::{self, Endpoint};
use crate::failure::Failure;
use crate::llm::Llm;
use crate::record::{Ended, OnEnd};

/// Measures calls to providers that a reqwest client makes; other requests pass as they are.
///
/// Known are the hosts of OpenAI, Anthropic, Gemini (also on Vertex AI), Azure, Bedrock, Mistral, DeepSeek, xAI, Groq,
/// OpenRouter, Perplexity, Moonshot, Cohere and some more; [`host`](Self::host) and the setting
/// [`hosts`](crate::LlmSettings::hosts) add others, such as a gateway's. Measured are the paths at which models answer, as
/// [`shapes_as_markdown`](crate::shapes_as_markdown) lists them. The call lasts until the answer's body has been read to its
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
#[derive(Clone)]
pub struct LlmMiddleware {
    llm: Llm,
    hosts: BTreeMap<String, String>,
    on_end: Option<OnEnd>,
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
        Self { llm: llm.clone(), hosts: BTreeMap::new(), on_end: None }
    }

    /// Says which provider answers at a host (`llm.example.com`, or with its port `llm.example.com:8443`).
    #[must_use]
    pub fn host(mut self, host: impl Into<String>, provider: impl Into<String>) -> Self {
        self.hosts.insert(host.into(), provider.into());
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
        self.on_end = Some(OnEnd::new(callback));
        self
    }

    /// A client whose calls are measured by this, and that has no other middleware.
    #[must_use]
    pub fn client(self, client: Client) -> ClientWithMiddleware {
        ClientBuilder::new(client).with(self).build()
    }

    fn provider(&self, url: &Url) -> Option<&str> {
        let host = url.host_str()?;
        let told = |host: &str| self.hosts.get(host).map(String::as_str).or_else(|| self.llm.host(host));
        let with_port = url.port().and_then(|port| told(&format!("{host}:{port}")));
        with_port.or_else(|| told(host)).or_else(|| endpoint::provider(host))
    }
}

impl fmt::Debug for LlmMiddleware {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LlmMiddleware").field("hosts", &self.hosts).finish_non_exhaustive()
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
        let Some((provider, endpoint)) = self.provider(request.url()).zip(Endpoint::of(&request)) else {
            return next.run(request, extensions).await;
        };
        let mut start = self.llm.call(provider, &endpoint.model).operation(endpoint.operation);
        if let Some(messages) = endpoint.prompt_length {
            start = start.prompt_length(messages);
        }
        let url = request.url().clone();
        if let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) {
            start = start.server(host, port);
        }
        if let Some(on_end) = &self.on_end {
            start = start.on_end(on_end);
        }
        let call = start.start();
        // Gateways and servers of one's own are parts of the trace; a provider sees an id that says nothing.
        let allowed = Destinations::global().allow(url.host_str(), url.port_or_known_default());
        propagation::inject_allowed(&call.context(), allowed, request.headers_mut());
        match call.instrument(next.run(request, extensions)).await {
            Ok(response) => {
                Ok(measured(response, |parts, body| Measured::new(call, parts.status, &parts.headers, body)))
            }
            Err(error) => {
                call.fail(Failure::from_error(&error));
                Err(error)
            }
        }
    }
}

/// The response with another body.
fn measured(response: Response, wrap: impl FnOnce(&http::response::Parts, Body) -> Measured) -> Response {
    // The conversion back would not know the URL otherwise.
    let url = http::Response::builder().url(response.url().clone()).body(());
    let (mut parts, body) = http::Response::from(response).into_parts();
    if let Ok(url) = url {
        parts.extensions.extend(url.into_parts().0.extensions);
    }
    let body = wrap(&parts, body);
    http::Response::from_parts(parts, Body::wrap(body)).into()
}
