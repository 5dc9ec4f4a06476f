//! A call to a model by hand: an attempt that is refused, one that answers, and what it used, stored.
#![expect(clippy::print_stdout, reason = "it shows what was recorded")]

use std::error::Error;
use std::time::Duration;

use async_trait::async_trait;
use http::{HeaderMap, HeaderName, HeaderValue};
use telemetry_llm::{Failure, GivenBack, Llm, StoreError, UsageQueue, UsageRecord, UsageStore};
use telemetry_testkit::TestTelemetry;

/// What a provider answers: first that there were too many requests, then in the form of OpenAI's chat completions.
async fn complete(attempt: u32) -> Result<Vec<u8>, (u16, HeaderMap, Vec<u8>)> {
    if attempt == 1 {
        let headers =
            HeaderMap::from_iter([(HeaderName::from_static("retry-after-ms"), HeaderValue::from_static("20"))]);
        return Err((429, headers, br#"{"error":{"type":"rate_limit_exceeded"}}"#.to_vec()));
    }
    let answer = serde_json::json!({
        "object": "chat.completion",
        "model": "gpt-4o-2024-08-06",
        "choices": [{ "message": { "role": "assistant", "content": "Hello" }, "finish_reason": "stop" }],
        "usage": { "prompt_tokens": 1200, "completion_tokens": 80 },
    });
    Ok(answer.to_string().into_bytes())
}

/// In an application: a table, with the record's id as its key.
struct Printed;

#[async_trait]
impl UsageStore for Printed {
    async fn store(&self, records: &[UsageRecord]) -> Result<(), StoreError> {
        for record in records {
            println!("stored: {} {}, {:?} USD, {:?}\n", record.provider, record.model, record.cost_usd, record.tags);
        }
        Ok(())
    }

    fn give_back(&self, records: Vec<UsageRecord>, reason: GivenBack) {
        println!("given back, {reason}: {}", records.len());
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let telemetry = TestTelemetry::entered();
    // In an application: `Llm::global()`, and `Meter::global()`, once `Telemetry` is there.
    let llm = Llm::new(telemetry.meter());
    let queue = UsageQueue::start(telemetry.meter(), Printed)?;

    let mut call = llm.call("openai", "gpt-4o").prompt_length(2).start();
    let mut attempt = 1;
    let ended = loop {
        match call.instrument(complete(attempt)).await {
            Ok(body) => {
                call.body(&body);
                break call.complete();
            }
            Err((status, headers, body)) => {
                let failure = Failure::from_response(status, &headers, &body);
                let Some(delay) = failure.retry_after() else { break call.fail(failure) };
                call.attempt_failed(failure);
                call.wait_out(delay).await;
                attempt += 1;
            }
        }
    };
    queue.push(ended.record().tag("project", "atlas")).await?;
    let drained = queue.shutdown(Duration::from_secs(5)).await;
    println!("not stored: {}\n", drained.left.len());

    println!("{}\n\n{}\n\n{}", telemetry.metrics(), telemetry.spans(), telemetry.logs());
    Ok(())
}
