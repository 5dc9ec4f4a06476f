//! Where the middleware knows providers and models to answer: requests to their hosts, which are taken to loopback.

use std::net::SocketAddr;

use axum::Router;
use telemetry_llm::{LlmMiddleware, LlmSettings, RequestModel};

use crate::fixture::{Fixture, NAMES};

/// The provider and the model of a call; nothing where a request is none.
type Told = Option<(&'static str, &'static str)>;

/// Host, path, and what a request there is told to be.
const CALLS: &[(&str, &str, Told)] = &[
    ("api.openai.com", "/v1/responses/compact", Some(("openai", "named"))),
    ("api.openai.com", "/v1/images/generations", Some(("openai", "named"))),
    ("api.openai.com", "/v1/audio/transcriptions", Some(("openai", "named"))),
    ("api.openai.com", "/v1/models", None),
    ("api.anthropic.com", "/v1/messages", Some(("anthropic", "named"))),
    ("api.anthropic.com", "/v1/messages/count_tokens", None),
    ("generativelanguage.googleapis.com", "/v1beta/interactions", Some(("gemini", "named"))),
    ("generativelanguage.googleapis.com", "/v1beta/models/house-7:embedContent", Some(("gemini", "house-7"))),
    ("generativelanguage.googleapis.com", "/v1beta/models/house-7:countTokens", None),
    ("europe-west1-aiplatform.googleapis.com", "/v1/p/models/house-7:predict", Some(("vertex", "house-7"))),
    ("aiplatform.googleapis.com", "/v1/p/models/house-7:rawPredict", Some(("vertex", "house-7"))),
    ("acme.openai.azure.com", "/openai/deployments/house-7/embeddings", Some(("azure", "named"))),
    ("acme.services.ai.azure.com", "/models/chat/completions", Some(("azure", "named"))),
    ("api.mistral.ai", "/v1/chat/completions", Some(("mistral", "named"))),
    ("api.deepseek.com", "/chat/completions", Some(("deepseek", "named"))),
    ("api.x.ai", "/v1/chat/completions", Some(("xai", "named"))),
    ("api.groq.com", "/openai/v1/chat/completions", Some(("groq", "named"))),
    ("openrouter.ai", "/api/v1/chat/completions", Some(("openrouter", "named"))),
    ("api.perplexity.ai", "/chat/completions", Some(("perplexity", "named"))),
    ("api.moonshot.ai", "/v1/chat/completions", Some(("moonshotai", "named"))),
    ("api.cohere.com", "/v2/chat", Some(("cohere", "named"))),
    ("api.cohere.com", "/v2/rerank", Some(("cohere", "named"))),
    ("api.z.ai", "/api/paas/v4/chat/completions", Some(("zai", "named"))),
    ("api.minimax.io", "/v1/text/chatcompletion_v2", Some(("minimax", "named"))),
    ("dashscope-intl.aliyuncs.com", "/api/v1/services/aigc/text-generation/generation", Some(("dashscope", "named"))),
    ("router.huggingface.co", "/novita/v3/openai/chat/completions", Some(("huggingface", "named"))),
    ("dbc-1.cloud.databricks.com", "/serving-endpoints/house-7/invocations", Some(("databricks", "named"))),
    ("ai-gateway.vercel.sh", "/v1/chat/completions", Some(("vercel", "named"))),
    ("bedrock-runtime.us-east-1.amazonaws.com", "/model/house-7/converse", Some(("bedrock", "house-7"))),
    ("bedrock-runtime.us-east-1.amazonaws.com", "/model/x.house-7-v1%3A0/invoke", Some(("bedrock", "x.house-7-v1:0"))),
    ("bedrock-runtime.us-east-1.amazonaws.com", "/model/house-7/count-tokens", None),
    ("bedrock-runtime.evil.example", "/model/house-7/converse", None),
    ("api.openai.com.evil.example", "/v1/chat/completions", None),
    ("notopenrouter.ai", "/api/v1/chat/completions", None),
];

/// The address of a server that answers whatever it is asked.
async fn server() -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("loopback has a port");
    let address = listener.local_addr().expect("it is bound");
    let router = Router::new().fallback(async || "{}");
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

#[tokio::test]
async fn calls_are_told_by_host_and_path() {
    let address = server().await;
    for (host, path, expected) in CALLS {
        let fixture = Fixture::with(LlmSettings::default());
        let client =
            reqwest::Client::builder().no_proxy().resolve(host, address).build().expect("a client can be built");
        let client = LlmMiddleware::new(&fixture.llm).client(client);
        let request = client.post(format!("http://{host}:{}{path}", address.port()));
        let request = request.json(&serde_json::json!({"model": "named"}));
        request.send().await.expect("it answers").bytes().await.expect("to the end");
        match expected {
            Some((provider, model)) => {
                let labels = [("provider", *provider), ("model", *model)];
                fixture.metrics().assert_histogram_count(NAMES.request, &labels, 1);
            }
            None => assert_eq!(fixture.metrics().total(NAMES.request, &[]), 0.0, "{host}{path}"),
        }
    }
}

#[tokio::test]
async fn an_application_adds_its_own_paths() {
    let address = server().await;
    let fixture = Fixture::with(LlmSettings::default());
    let measured =
        LlmMiddleware::new(&fixture.llm).host("127.0.0.1", "house").path("/ask", "chat").path(":ask", "chat");
    let client = measured.client(reqwest::Client::builder().no_proxy().build().expect("a client can be built"));
    let body = serde_json::json!({"model": "named"});
    for (path, calls) in [("/v1/ask", 1), ("/v1/models/house-7:ask", 2), ("/v1/ask/again", 2), ("/v1/messages", 3)] {
        let request = client.post(format!("http://{address}{path}")).json(&body);
        request.send().await.expect("it answers").bytes().await.expect("to the end");
        fixture.metrics().assert_histogram_count(NAMES.request, &[("provider", "house"), ("model", "named")], calls);
    }
}

#[tokio::test]
async fn of_a_streamed_body_the_model_is_what_the_application_says() {
    let address = server().await;
    for (said, model) in [(Some(RequestModel::new("house-9")), "house-9"), (None, "unknown")] {
        let fixture = Fixture::with(LlmSettings::default());
        let client = reqwest::Client::builder().no_proxy().build().expect("a client can be built");
        let client = LlmMiddleware::new(&fixture.llm).host("127.0.0.1", "openai").client(client);
        let pieces = futures_util::stream::iter([Ok::<_, std::io::Error>("--boundary")]);
        let mut request = client.post(format!("http://{address}/v1/audio/transcriptions"));
        if let Some(said) = said {
            request = request.with_extension(said);
        }
        let request = request.body(reqwest::Body::wrap_stream(pieces));
        request.send().await.expect("it answers").bytes().await.expect("to the end");
        fixture.metrics().assert_histogram_count(NAMES.request, &[("provider", "openai"), ("model", model)], 1);
    }
}
