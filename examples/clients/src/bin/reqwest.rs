//! A raw client of reqwest, which a middleware measures; what tries again comes after that.

use std::error::Error;
use std::time::Duration;

use client_recipes::{Counted, Reply, StandIn, Trial, assert_unpaid};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
use reqwest_retry::RetryTransientMiddleware;
use reqwest_retry::policies::ExponentialBackoff;
use serde_json::{Value, json};
use telemetry::llm::labels::ErrorType;
use telemetry::llm::{Failure, Llm};

fn measured(llm: &Llm, policy: ExponentialBackoff) -> ClientWithMiddleware {
    ClientBuilder::from_client(llm.client(reqwest::Client::new()))
        .with(RetryTransientMiddleware::new_with_policy(policy))
        .build()
}

async fn failure(answer: Result<reqwest::Response, reqwest_middleware::Error>) -> Option<Failure> {
    let refused = match answer {
        Ok(answer) if answer.status().is_success() => return None,
        Ok(refused) => refused, // no `error_for_status`, which drops headers and body
        Err(error) => return Some(Failure::from_error(&error)),
    };
    let (status, headers) = (refused.status().as_u16(), refused.headers().clone());
    let body = refused.bytes().await.unwrap_or_default();
    Some(Failure::from_response(status, &headers, &body))
}

const MODEL: &str = "gpt-4o";

fn question(stream: bool) -> Value {
    let mut question = json!({ "model": MODEL, "messages": [{ "role": "user", "content": "Who is there?" }] });
    if stream {
        question["stream"] = json!(true);
        question["stream_options"] = json!({ "include_usage": true });
    }
    question
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let trial = Trial::start("openai", &[Reply::Busy, Reply::Answer, Reply::Answer, Reply::Unpaid]).await?;
    let pause = Duration::from_millis(1);
    let policy = ExponentialBackoff::builder().retry_bounds(pause, 20 * pause).build_with_max_retries(3);
    let client = measured(&trial.llm, policy);
    let ask = |url: String, stream: bool| client.post(format!("{url}/chat/completions")).json(&question(stream)).send();

    // In two attempts; a call ends when its answer has been read.
    ask(trial.url(), false).await?.bytes().await?;
    ask(trial.url(), true).await?.bytes().await?;
    let refused = failure(ask(trial.url(), false).await).await.expect("the bill is not paid");

    // The attempt that was refused is not seen.
    let calls = [("success", 2), ("error", 1)];
    trial.assert(&Counted { model: MODEL, calls: &calls, answers: 2, cost: 0.0038, errors: &[("auth", 1)] });

    assert_unpaid(&refused, true);
    let nowhere = format!("http://{}", StandIn::nowhere().await?);
    let lost = failure(ask(nowhere, false).await).await.expect("nobody is there");
    assert_eq!(lost.error_type(), ErrorType::Connection);
    Ok(())
}
