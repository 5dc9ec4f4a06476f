//! A client of one's own for Anthropic's API, by hand: attempts, an answer that comes whole, and one that is streamed.

use std::error::Error;

use client_recipes::{Counted, Reply, StandIn, Trial, assert_unpaid};
use reqwest::{Client, Response};
use serde_json::{Value, json};
use telemetry::llm::labels::ErrorType;
use telemetry::llm::{Call, Failure, Llm, SseReader};

async fn ask(llm: &Llm, http: &Client, url: &str, question: &Value) -> Result<(), Failure> {
    let mut call = llm.call("anthropic", MODEL).prompt_length(1).start();
    match exchange(&mut call, http, url, question).await {
        Ok(()) => {
            call.complete(); // as the answer tells: an error, where it holds one or lacks its end
            Ok(())
        }
        Err(failure) => {
            call.fail(failure.clone());
            Err(failure)
        }
    }
}

async fn exchange(call: &mut Call, http: &Client, url: &str, question: &Value) -> Result<(), Failure> {
    let lost = |error: reqwest::Error| Failure::from_error(&error);
    let mut answer = send(call, http, url, question).await?;
    if question["stream"] == true {
        let mut events = SseReader::new();
        while let Some(bytes) = answer.chunk().await.map_err(lost)? {
            events.feed(&bytes, |event| {
                call.chunk(&event.data); // usage, model, the time to the first token
            });
        }
    } else {
        call.body(&answer.bytes().await.map_err(lost)?);
    }
    Ok(())
}

async fn send(call: &mut Call, http: &Client, url: &str, question: &Value) -> Result<Response, Failure> {
    loop {
        let request = http.post(format!("{url}/messages")).header("anthropic-version", "2023-06-01").json(question);
        let failure = match call.instrument(request.send()).await {
            Ok(answer) if answer.status().is_success() => return Ok(answer),
            Ok(refused) => {
                let (status, headers) = (refused.status().as_u16(), refused.headers().clone());
                Failure::from_response(status, &headers, &refused.bytes().await.unwrap_or_default())
            }
            Err(error) => Failure::from_error(&error),
        };
        match (failure.error_type(), failure.retry_after()) {
            (ErrorType::RateLimit, Some(delay)) => {
                call.attempt_failed(failure);
                call.wait_out(delay).await;
            }
            _ => return Err(failure),
        }
    }
}

const MODEL: &str = "claude-sonnet-4-5";

fn question(stream: bool) -> Value {
    let messages = json!([{ "role": "user", "content": "Who is there?" }]);
    json!({ "model": MODEL, "max_tokens": 100, "messages": messages, "stream": stream })
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let trial =
        Trial::start("anthropic", &[Reply::Busy, Reply::Answer, Reply::Busy, Reply::Answer, Reply::Unpaid]).await?;
    let (llm, http, url) = (&trial.llm, Client::new(), trial.url());

    // In two attempts each.
    ask(llm, &http, &url, &question(false)).await.expect("it answers");
    ask(llm, &http, &url, &question(true)).await.expect("it answers");
    let refused = ask(llm, &http, &url, &question(false)).await.expect_err("the bill is not paid");

    let calls = [("success", 2), ("error", 1)];
    let errors = [("rate_limit", 2), ("auth", 1)];
    trial.assert(&Counted { model: MODEL, calls: &calls, answers: 2, cost: 0.0048, errors: &errors });

    assert_unpaid(&refused, true);
    let nowhere = format!("http://{}", StandIn::nowhere().await?);
    let lost = ask(llm, &http, &nowhere, &question(false)).await.expect_err("nobody is there");
    assert_eq!(lost.error_type(), ErrorType::Connection);
    Ok(())
}
