//! Baggage leaves the process only to hosts that the application names; the trace's context goes everywhere.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use http::{Method, Uri};
use opentelemetry::baggage::BaggageExt as _;
use opentelemetry::trace::FutureExt as _;
use opentelemetry::{Context, KeyValue};
use reqwest_middleware::ClientBuilder;
use telemetry_core::Telemetry;
use telemetry_http::{AgentContext, ExternalCall, ExternalMiddleware};
use telemetry_llm::{Llm, LlmMiddleware};
use telemetry_testkit::OtlpSink;
use tokio::net::TcpListener;

type Seen = Arc<Mutex<Vec<(bool, bool)>>>;

async fn note(State(seen): State<Seen>, headers: HeaderMap) -> &'static str {
    let has = |name| headers.contains_key(name);
    seen.lock().expect("nobody panicked").push((has("traceparent"), has("baggage")));
    "{}"
}

async fn serve() -> (Seen, u16) {
    let seen = Seen::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let port = listener.local_addr().expect("it is bound").port();
    let app = Router::new().fallback(note).with_state(seen.clone());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (seen, port)
}

#[test]
fn baggage_goes_to_named_hosts_alone_and_the_trace_everywhere() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("threads can be started");
    let sink = OtlpSink::start();
    let builder = Telemetry::builder("baggage").endpoint(sink.endpoint());
    let telemetry = builder
        .baggage_to("localhost, *.internal".parse().expect("they are hosts"))
        .init()
        .expect("nothing is installed yet");
    let context = Context::new().with_baggage([KeyValue::new("customer", "Ada")]);
    runtime.block_on(calls().with_context(context));
    assert!(telemetry.shutdown().is_complete());
}

/// The same server by two names, of which one is named in the settings.
async fn calls() {
    let (seen, port) = serve().await;
    for (host, has_baggage) in [("localhost", true), ("127.0.0.1", false)] {
        let address = format!("http://{host}:{port}");
        let external = ClientBuilder::new(reqwest::Client::new()).with(ExternalMiddleware::new("next")).build();
        external.get(&address).send().await.expect("it is answered");
        let llm = LlmMiddleware::new(Llm::global()).host(host, "openai").client(reqwest::Client::new());
        let question = r#"{"model":"gpt-4o","messages":[]}"#;
        llm.post(format!("{address}/v1/chat/completions"))
            .body(question)
            .send()
            .await
            .expect("it is answered")
            .text()
            .await
            .expect("it has a body");
        let uri: Uri = address.parse().expect("an address");
        let mut headers = HeaderMap::new();
        let call = ExternalCall::to("next", "by_hand").request(&Method::GET, &uri).start();
        call.inject(&mut headers);
        call.succeed();
        assert_eq!(headers.contains_key("baggage"), has_baggage, "by hand to {host}: {headers:?}");
        assert!(headers.contains_key("traceparent"), "{headers:?}");
        let seen = std::mem::take(&mut *seen.lock().expect("nobody panicked"));
        assert_eq!(seen, [(true, has_baggage); 2], "both middlewares to {host}");
    }
    // A process is no host, and an unnamed peer is not named.
    let by_hand = ExternalCall::start("next", "by_hand");
    let mut headers = HeaderMap::new();
    by_hand.inject(&mut headers);
    assert!(headers.contains_key("traceparent") && !headers.contains_key("baggage"), "{headers:?}");
    let environment: BTreeMap<_, _> = by_hand.in_scope(|| AgentContext::current().environment().into_iter().collect());
    assert!(environment.contains_key("TRACEPARENT") && !environment.contains_key("BAGGAGE"), "{environment:?}");
    by_hand.succeed();
}
