//! A raw HTTP client of a provider, measured by its middleware; the provider is a gateway of one's own, on loopback.
#![expect(clippy::print_stdout, reason = "it shows what was recorded")]

use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};

use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use telemetry_llm::{Llm, LlmMiddleware};
use telemetry_testkit::TestTelemetry;
use tokio::net::TcpListener;

/// Speaks Anthropic's protocol.
async fn answer(Json(request): Json<Value>) -> Json<Value> {
    Json(json!({
        "type": "message",
        "model": request["model"],
        "content": [{ "type": "text", "text": "Hello" }],
        "stop_reason": "end_turn",
        "usage": { "input_tokens": 1200, "output_tokens": 80, "cache_read_input_tokens": 1000 },
    }))
}

async fn serve() -> Result<SocketAddr, std::io::Error> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let app = Router::new().route("/v1/messages", post(answer));
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(address)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let telemetry = TestTelemetry::entered();
    let gateway = serve().await?;
    // In an application: `Llm::global()`, once `Telemetry` is there.
    let client = LlmMiddleware::new(&Llm::new(telemetry.meter()))
        .host(gateway.to_string(), "anthropic")
        .on_end(|ended| println!("ended: {} USD, {:?}\n", ended.cost_usd().unwrap_or_default(), ended.usage()))
        .client(reqwest::Client::new());

    let question = json!({ "model": "claude-sonnet-4-5", "messages": [{ "role": "user", "content": "Hello" }] });
    let response = client.post(format!("http://{gateway}/v1/messages")).json(&question).send().await?;
    println!("{}\n", response.text().await?); // the call ends when its answer has been read

    println!("{}\n\n{}\n\n{}", telemetry.metrics(), telemetry.spans(), telemetry.logs());
    Ok(())
}
