//! No prompt, completion or key leaves the process, whatever the level of its log: a receiver's whole traffic is searched.

use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use serde_json::json;
use telemetry_core::Telemetry;
use telemetry_llm::{Llm, LlmMiddleware, LlmSettings};
use telemetry_testkit::OtlpSink;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::fixture::{MODEL, NAMES};

const PROMPT: &str = "canary-prompt-4c07";
const COMPLETION: &str = "canary-completion-4c07";
const KEY: &str = "sk-canary-key-4c07-0123456789";

#[test]
fn what_is_said_to_a_model_is_in_no_exported_byte() {
    let sink = OtlpSink::start();
    let telemetry =
        Telemetry::builder("canary").endpoint(sink.endpoint()).log_level("trace").build().expect("good settings");
    let listening = tracing::subscriber::set_default(tracing_subscriber::registry().with(telemetry.layer()));
    let settings = LlmSettings { semconv: Some(true), ..LlmSettings::default() };
    let llm = Llm::with_settings(telemetry.meter(), settings).expect("the settings are sound");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(ask(&llm));
    drop((runtime, listening));
    let report = telemetry.shutdown_within(Duration::from_secs(20));
    assert!(report.is_complete(), "{report:?}");

    // What has to be there, is: the search is of something.
    assert_eq!(sink.metrics().total(NAMES.request, &[("provider", "gemini")]), 2.0);
    assert_eq!(sink.spans().named("llm.complete").len(), 2);
    assert!(!sink.logs().containing("llm call failed").is_empty());
    for canary in [PROMPT, COMPLETION, KEY] {
        assert!(!sink.contains_bytes(canary), "{canary} is in\n{}", sink.dump());
    }
}

/// Asks twice: one key is accepted, and one is not and comes back in the error.
async fn ask(llm: &Llm) {
    let answer = json!({"candidates": [{"content": {"parts": [{"text": COMPLETION}]}}], "modelVersion": MODEL,
        "usageMetadata": {"promptTokenCount": 12, "candidatesTokenCount": 5}});
    let refusal = json!({"error": {"code": 400, "message": format!("{KEY} is no key for {PROMPT}"),
        "status": "INVALID_ARGUMENT", "details": [{"reason": "API_KEY_INVALID"}]}});
    let router = Router::new().fallback(async move |request: axum::extract::Request| {
        let refused = request.headers().contains_key("x-refuse");
        let reply = if refused { &refusal } else { &answer };
        (if refused { StatusCode::BAD_REQUEST } else { StatusCode::OK }, reply.to_string())
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("loopback has a port");
    let host = listener.local_addr().expect("it is bound").to_string();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let client = reqwest::Client::builder().no_proxy().build().expect("a client can be built");
    let middleware = LlmMiddleware::new(llm).host(&host, "gemini");
    let client = reqwest_middleware::ClientBuilder::new(client).with(middleware).build();
    let url = format!("http://{host}/v1beta/models/{MODEL}:generateContent?key={KEY}");
    let prompt = json!({"contents": [{"role": "user", "parts": [{"text": PROMPT}]}]});
    for refuse in [false, true] {
        let request = client.post(&url).bearer_auth(KEY).json(&prompt);
        let request = if refuse { request.header("x-refuse", "1") } else { request };
        let text = request.send().await.expect("it answers").text().await.expect("to the end");
        assert!(text.contains(if refuse { KEY } else { COMPLETION }), "the canary goes through: {text}");
    }
}
