//! async-openai, which tries again by itself: below that a layer measures, and above it another makes one call of it.

use std::error::Error;

use async_openai::Client;
use async_openai::config::OpenAIConfig;
use async_openai::error::OpenAIError;
use async_openai::middleware::HttpRequestFactory;
use async_openai::middleware::retry::OpenAIRetryLayer;
use async_openai::types::chat::{
    ChatCompletionRequestUserMessage, ChatCompletionRequestUserMessageContent, ChatCompletionStreamOptions,
    CreateChatCompletionRequest,
};
use client_recipes::{Counted, Reply, StandIn, Trial, assert_quotes_nothing, assert_unpaid};
use futures_util::StreamExt as _;
use http::HeaderMap;
use serde_json::json;
use telemetry::llm::labels::ErrorType;
use telemetry::llm::{Failure, Llm, LlmLayer, OneCallLayer};
use tower::{ServiceBuilder, ServiceExt as _, service_fn};

fn measured(llm: &Llm, config: OpenAIConfig) -> Client<OpenAIConfig> {
    let http = ServiceBuilder::new().layer(LlmLayer::new(llm)).service(reqwest::Client::new());
    let send = service_fn(move |request: HttpRequestFactory| {
        let http = http.clone();
        async move { http.oneshot(request.build().await?).await.map_err(OpenAIError::Reqwest) }
    });
    let retry = OpenAIRetryLayer::default();
    let service = ServiceBuilder::new().layer(OneCallLayer::new()).layer(retry).service(send);
    Client::with_config(config).with_http_service(service)
}

fn failure(error: &OpenAIError) -> Failure {
    match error {
        OpenAIError::ApiError(refused) => {
            let (status, body) = (refused.status_code.as_u16(), json!({ "error": refused.api_error }));
            Failure::from_response(status, &HeaderMap::new(), body.to_string().as_bytes())
        }
        OpenAIError::Reqwest(error) => Failure::from_error(error),
        // What else it says may hold an answer.
        _ => Failure::new(ErrorType::Unknown),
    }
}

const MODEL: &str = "gpt-4o";

fn question() -> CreateChatCompletionRequest {
    let text = ChatCompletionRequestUserMessageContent::from("Who is there?");
    let messages = vec![ChatCompletionRequestUserMessage::from(text).into()];
    CreateChatCompletionRequest { model: MODEL.to_owned(), messages, ..Default::default() }
}

fn streamed() -> CreateChatCompletionRequest {
    // Without it nobody would say what a stream used.
    let options = ChatCompletionStreamOptions { include_usage: Some(true), include_obfuscation: None };
    CreateChatCompletionRequest { stream_options: Some(options), ..question() }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let trial = Trial::start("openai", &[Reply::Busy, Reply::Answer, Reply::Answer, Reply::Unpaid]).await?;
    let config = OpenAIConfig::new().with_api_base(trial.url()).with_api_key("none");
    let client = measured(&trial.llm, config.clone());

    // In two attempts, of which the application notices one.
    client.chat().create(question()).await?;
    let mut stream = client.chat().create_stream(streamed()).await?;
    while let Some(chunk) = stream.next().await {
        chunk?;
    }
    let refused = client.chat().create(question()).await.expect_err("the bill is not paid");

    let calls = [("success", 2), ("error", 1)];
    let errors = [("rate_limit", 1), ("auth", 1)];
    trial.assert(&Counted { model: MODEL, calls: &calls, answers: 2, cost: 0.0038, errors: &errors });

    // It keeps no headers. The layer has seen them.
    assert_unpaid(&failure(&refused), false);
    let garbled = StandIn::start(&[Reply::Garbled]).await?;
    let garbled = Client::with_config(config.clone().with_api_base(garbled.url())).chat().create(question()).await;
    assert_quotes_nothing(&failure(&garbled.expect_err("it is no answer")));
    let nowhere = config.with_api_base(format!("http://{}", StandIn::nowhere().await?));
    let lost = Client::with_config(nowhere).chat().create(question()).await.expect_err("nobody is there");
    assert_eq!(failure(&lost).error_type(), ErrorType::Connection);
    Ok(())
}
