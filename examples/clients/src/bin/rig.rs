//! rig, whose transport is measured; or, where that is somebody else's, the spans that rig makes.

use std::error::Error;
use std::time::Duration;

use client_recipes::{Counted, Reply, StandIn, Trial, assert_quotes_nothing, assert_unpaid};
use reqwest_middleware::ClientBuilder;
use reqwest_retry::RetryTransientMiddleware;
use reqwest_retry::policies::ExponentialBackoff;
use rig_core::ProviderError;
use rig_core::providers::openai::{OpenAI, OpenAIConfig};
use rig_reqwest::{ReqwestClient, ReqwestMiddlewareClient};
use telemetry::llm::labels::ErrorType;
use telemetry::llm::{Failure, GenAiLayer, Llm};
use tracing_subscriber::Registry;
use tracing_subscriber::layer::SubscriberExt as _;

fn measured(llm: &Llm, config: OpenAIConfig, policy: ExponentialBackoff) -> OpenAI {
    let http = ClientBuilder::from_client(llm.client(reqwest::Client::new()))
        .with(RetryTransientMiddleware::new_with_policy(policy)) // rig does not try again by itself
        .build();
    config.connect(ReqwestMiddlewareClient::from(http))
}

fn failure(error: &ProviderError) -> Failure {
    let refused = match error {
        ProviderError::Http(error) => return Failure::from_error(&**error),
        ProviderError::Truncated => return Failure::truncated(),
        other => other.provider_response(),
    };
    let body = || error.provider_response_json().ok().flatten();
    match refused.map(|refused| (refused, refused.status)) {
        Some((refused, Some(status))) => {
            let headers = refused.headers.clone().unwrap_or_default();
            Failure::from_response(status.as_u16(), &headers, refused.body.as_bytes())
        }
        // Amid a stream. What else it says may hold an answer.
        _ => body().and_then(|body| Failure::from_body(&body)).unwrap_or(Failure::new(ErrorType::Unknown)),
    }
}

const MODEL: &str = "gpt-4o";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    transport().await?;
    spans().await
}

async fn transport() -> Result<(), Box<dyn Error>> {
    let trial = Trial::start("openai", &[Reply::Busy, Reply::Answer, Reply::Answer, Reply::Unpaid]).await?;
    let pause = Duration::from_millis(1);
    let policy = ExponentialBackoff::builder().retry_bounds(pause, 20 * pause).build_with_max_retries(3);
    let config = OpenAIConfig::new("none").with_base_url(trial.url());
    let model = measured(&trial.llm, config.clone(), policy).chat(MODEL);

    // In two attempts.
    model.call("Who is there?").await?;
    model.stream("Who is there?")?.finish().await?;
    let refused = model.call("Who is there?").await.expect_err("the bill is not paid");

    // The attempt that was refused is not seen.
    let calls = [("success", 2), ("error", 1)];
    trial.assert(&Counted { model: MODEL, calls: &calls, answers: 2, cost: 0.0038, errors: &[("auth", 1)] });

    assert_unpaid(&failure(&refused), true);
    let garbled = StandIn::start(&[Reply::Garbled]).await?;
    let config = config.with_base_url(garbled.url());
    let garbled = measured(&trial.llm, config.clone(), policy).chat(MODEL).call("Who is there?").await;
    assert_quotes_nothing(&failure(&garbled.expect_err("it is no answer")));
    let nowhere = config.with_base_url(format!("http://{}", StandIn::nowhere().await?));
    let lost = measured(&trial.llm, nowhere, policy).chat(MODEL).call("Who is there?").await;
    assert_eq!(failure(&lost.expect_err("nobody is there")).error_type(), ErrorType::Connection);
    Ok(())
}

async fn spans() -> Result<(), Box<dyn Error>> {
    let trial = Trial::start("openai", &[Reply::Answer, Reply::Answer, Reply::Busy]).await?;
    let llm = &trial.llm;
    let subscriber = Registry::default().with(GenAiLayer::new(llm).layer());
    let _guard = tracing::subscriber::set_default(subscriber);
    let transport = ReqwestClient::from(reqwest::Client::new());
    let model = OpenAIConfig::new("none").with_base_url(trial.url()).connect(transport).chat(MODEL);

    model.call("Who is there?").await?;
    model.stream("Who is there?")?.finish().await?;
    model.call("Who is there?").await.expect_err("it is busy");

    // What failed looks like what was given up: rig's spans do not tell.
    let calls = [("success", 2), ("cancelled", 1)];
    trial.assert(&Counted { model: MODEL, calls: &calls, answers: 2, cost: 0.0038, errors: &[] });
    Ok(())
}
