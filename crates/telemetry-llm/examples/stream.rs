//! A streamed answer, event by event, of a provider on loopback that speaks OpenAI's protocol.
#![expect(clippy::print_stdout, reason = "it shows what was recorded")]

use std::convert::Infallible;
use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};

use axum::response::sse::{Event, Sse};
use axum::routing::post;
use axum::{Json, Router};
use futures_util::stream::{self, Stream};
use serde_json::{Value, json};
use telemetry_llm::Llm;
use telemetry_testkit::TestTelemetry;
use tokio::net::TcpListener;

/// The provider. It tells the usage only where that was asked for, as OpenAI does.
async fn answer(Json(request): Json<Value>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let piece = |delta: Value, finish_reason: Option<&str>| {
        let choices = json!([{ "index": 0, "delta": delta, "finish_reason": finish_reason }]);
        json!({ "object": "chat.completion.chunk", "model": "gpt-4o-2024-08-06", "choices": choices }).to_string()
    };
    let mut events = vec![piece(json!({ "role": "assistant" }), None)];
    events.extend(["Tele", "metry", "!"].map(|text| piece(json!({ "content": text }), None)));
    events.push(piece(json!({}), Some("stop")));
    if request["stream_options"]["include_usage"] == true {
        let usage = json!({ "prompt_tokens": 1200, "completion_tokens": 3 });
        events.push(json!({ "object": "chat.completion.chunk", "choices": [], "usage": usage }).to_string());
    }
    events.push("[DONE]".to_owned());
    Sse::new(stream::iter(events.into_iter().map(|data| Ok(Event::default().data(data)))))
}

async fn serve() -> Result<SocketAddr, std::io::Error> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let app = Router::new().route("/v1/chat/completions", post(answer));
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(address)
}

/// Asks, and reads the answer as it comes.
async fn ask(llm: &Llm, provider: SocketAddr, options: Value) -> Result<(), Box<dyn Error>> {
    let question = json!({
        "model": "gpt-4o",
        "stream": true,
        "stream_options": options,
        "messages": [{ "role": "user", "content": "What is this?" }],
    });
    let mut call = llm.call("openai", "gpt-4o").prompt_length(1).start();
    let request = reqwest::Client::new().post(format!("http://{provider}/v1/chat/completions")).json(&question);
    let mut response = call.instrument(request.send()).await?.error_for_status()?;
    let mut unread = String::new();
    while let Some(bytes) = response.chunk().await? {
        unread.push_str(str::from_utf8(&bytes)?);
        // An event ends with a blank line, and may come in pieces.
        while let Some((event, rest)) = unread.split_once("\n\n") {
            if let Some(data) = event.strip_prefix("data: ") {
                let said = call.chunk(data); // usage, model, the time to the first token, an error amid the stream
                println!("{}{data}", if said.has_output { "output: " } else { "" });
            }
            unread = rest.to_owned();
        }
    }
    let ended = call.complete();
    println!("used: {:?}, cost: {:?} USD\n", ended.usage(), ended.cost_usd());
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let telemetry = TestTelemetry::entered();
    // In an application: `Llm::global()`, once `Telemetry` is there.
    let llm = Llm::new(telemetry.meter());
    let provider = serve().await?;
    ask(&llm, provider, json!({ "include_usage": true })).await?;
    // Nobody knows what this one costs: it counts as unpriced.
    ask(&llm, provider, Value::Null).await?;
    println!("{}\n\n{}\n\n{}", telemetry.metrics(), telemetry.spans(), telemetry.logs());
    Ok(())
}
