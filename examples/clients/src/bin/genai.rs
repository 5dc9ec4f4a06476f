//! genai, around whose transport nothing can be put: its spans are read, and a guard makes one call of several attempts.

use std::error::Error;
use std::future::ready;

use client_recipes::{Counted, Reply, StandIn, Trial, assert_quotes_nothing, assert_unpaid};
use futures_util::StreamExt as _;
use genai::adapter::AdapterKind;
use genai::chat::{ChatMessage, ChatOptions, ChatRequest, ChatResponse};
use genai::resolver::{AuthData, Endpoint};
use genai::{Client, webc};
use telemetry::llm::labels::ErrorType;
use telemetry::llm::{Failure, GenAiLayer, Llm};
use tracing_subscriber::Registry;
use tracing_subscriber::layer::SubscriberExt as _;

async fn ask(llm: &Llm, client: &Client, request: &ChatRequest) -> Result<ChatResponse, genai::Error> {
    let options = ChatOptions::default().with_capture_raw_body(true);
    let mut call = llm.start("openai", MODEL);
    loop {
        let error = match call.instrument(client.exec_chat(MODEL, request.clone(), Some(&options))).await {
            Ok(answer) => {
                let body = answer.captured_raw_body.as_ref().map(ToString::to_string);
                call.body(body.unwrap_or_default().as_bytes()); // usage as the provider tells it, model, tier
                call.complete();
                return Ok(answer);
            }
            Err(error) => error,
        };
        let failure = failure(&error);
        match (failure.error_type(), failure.retry_after()) {
            (ErrorType::RateLimit, Some(delay)) => {
                call.attempt_failed(failure);
                call.wait_out(delay).await;
            }
            _ => {
                call.fail(failure);
                return Err(error);
            }
        }
    }
}

fn failure(error: &genai::Error) -> Failure {
    use genai::Error;
    match error {
        Error::WebModelCall { webc_error, .. } | Error::WebAdapterCall { webc_error, .. } => match webc_error {
            webc::Error::ResponseFailedStatus { status, body, headers } => {
                Failure::from_response(status.as_u16(), headers, body.as_bytes())
            }
            webc::Error::Reqwest(error) => Failure::from_error(error),
            _ => Failure::new(ErrorType::Unknown),
        },
        Error::HttpError { status, body, headers, .. } => {
            Failure::from_response(status.as_u16(), headers, body.as_bytes())
        }
        Error::ChatResponse { body, .. } => Failure::from_body(body).unwrap_or(Failure::new(ErrorType::Unknown)),
        Error::WebStream { error, .. } => Failure::from_error(&**error),
        // What else it says may hold a prompt or an answer.
        _ => Failure::new(ErrorType::Unknown),
    }
}

const MODEL: &str = "gpt-4o";

fn client(url: &str) -> Result<Client, genai::Error> {
    let endpoint = Endpoint::from_owned(format!("{url}/"));
    Client::builder().append_provider_config(AdapterKind::OpenAI, (endpoint, AuthData::from_single("none"))).build()
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let trial =
        Trial::start("openai", &[Reply::Busy, Reply::Answer, Reply::Unpaid, Reply::Answer, Reply::Busy]).await?;
    let llm = &trial.llm;
    let subscriber = Registry::default().with(GenAiLayer::new(llm).layer());
    let _guard = tracing::subscriber::set_default(subscriber);
    let client = client(&trial.url())?;
    let request = ChatRequest::new(vec![ChatMessage::user("Who is there?")]);

    // In two attempts, whose spans lie within the guard's and are not counted again.
    ask(llm, &client, &request).await?;
    let refused = ask(llm, &client, &request).await.expect_err("the bill is not paid");

    // By the spans alone. Without `capture_usage` genai would not tell what a stream used.
    let options = ChatOptions::default().with_capture_usage(true);
    let mut stream = client.exec_chat_stream(MODEL, request.clone(), Some(&options)).await?.stream;
    while let Some(event) = stream.next().await {
        event?;
    }
    drop(stream);
    client.exec_chat(MODEL, request.clone(), None).await.expect_err("it is busy");

    let calls = [("success", 2), ("error", 1), ("rate_limited", 1)];
    let errors = [("rate_limit", 2), ("auth", 1)];
    trial.assert(&Counted { model: MODEL, calls: &calls, answers: 2, cost: 0.0038, errors: &errors });

    assert_unpaid(&failure(&refused), true);
    let garbled = StandIn::start(&[Reply::Garbled]).await?;
    let garbled = self::client(&garbled.url())?.exec_chat(MODEL, request.clone(), None).await;
    assert_quotes_nothing(&failure(&garbled.expect_err("it is no answer")));
    let nowhere = self::client(&format!("http://{}", StandIn::nowhere().await?))?;
    let lost = nowhere.exec_chat(MODEL, request.clone(), None).await.expect_err("nobody is there");
    assert_eq!(failure(&lost).error_type(), ErrorType::Connection);
    let stream = nowhere.exec_chat_stream(MODEL, request, None).await?.stream;
    let lost = stream.filter_map(|event| ready(event.err())).next().await.expect("nobody is there");
    assert_eq!(failure(&lost).error_type(), ErrorType::Connection);
    Ok(())
}
