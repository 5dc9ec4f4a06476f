//! Raw HTTP calls, against a real server in this process.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::Response;
use futures_util::StreamExt;
use reqwest_middleware::ClientWithMiddleware;
use serde_json::{Value, json};
use telemetry_llm::labels::ErrorType;
use telemetry_llm::{Ended, LlmMiddleware};

use crate::fixture::{Fixture, MODEL, NAMES};
use crate::streams::STREAMS;

/// What the server answers.
#[derive(Clone)]
pub(crate) struct Reply {
    status: u16,
    content_type: &'static str,
    headers: Vec<(String, String)>,
    pieces: Vec<Bytes>,
    then: Then,
}

/// What comes after the pieces.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Then {
    End,
    Hang,
    Break,
}

impl Reply {
    fn json(status: u16, body: &Value) -> Self {
        let pieces = vec![Bytes::from(body.to_string())];
        Self { status, content_type: "application/json", headers: vec![], pieces, then: Then::End }
    }

    /// Server-sent events, cut where it hurts.
    fn events(events: &[&str], cut: usize) -> Self {
        let text: String = events.iter().map(|event| format!("event: e\r\ndata: {event}\r\n\r\n")).collect();
        let pieces = text.as_bytes().chunks(cut).map(Bytes::copy_from_slice).collect();
        Self { status: 200, content_type: "text/event-stream; charset=utf-8", headers: vec![], pieces, then: Then::End }
    }

    /// Bytes cut into pieces as long as `next` says.
    pub(crate) fn cut(
        status: u16,
        content_type: &'static str,
        bytes: Vec<u8>,
        mut next: impl FnMut() -> usize,
    ) -> Self {
        let mut rest = Bytes::from(bytes);
        let mut pieces = Vec::new();
        while !rest.is_empty() {
            pieces.push(rest.split_to(next().min(rest.len())));
        }
        Self { status, content_type, headers: vec![], pieces, then: Then::End }
    }

    pub(crate) fn headers(self, headers: &[(String, String)]) -> Self {
        Self { headers: headers.to_vec(), ..self }
    }

    fn then(self, then: Then) -> Self {
        Self { then, ..self }
    }

    fn response(&self) -> Response {
        let pieces = futures_util::stream::iter(self.pieces.clone().into_iter().map(Ok::<_, std::io::Error>));
        let body = match self.then {
            Then::End if self.pieces.len() == 1 => Body::from(self.pieces[0].clone()),
            Then::End => Body::from_stream(pieces),
            Then::Hang => Body::from_stream(pieces.chain(futures_util::stream::pending())),
            Then::Break => {
                Body::from_stream(pieces.chain(futures_util::stream::iter([Err(std::io::Error::other("cut"))])))
            }
        };
        let mut response = Response::builder().status(self.status).header(header::CONTENT_TYPE, self.content_type);
        for (name, value) in &self.headers {
            response = response.header(name, value);
        }
        response.body(body).expect("the parts are sound")
    }
}

/// A server that gives one answer, and remembers the paths that were asked.
pub(crate) struct Server {
    url: String,
    host: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(crate) async fn start(reply: Reply) -> Self {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let paths = Arc::clone(&asked);
        let router = Router::new().fallback(move |request: axum::extract::Request| {
            paths.lock().expect("nobody panics while holding it").push(request.uri().path().to_owned());
            let response = reply.response();
            async move {
                // What is not read would be a broken connection to the client.
                let _ = axum::body::to_bytes(request.into_body(), usize::MAX).await;
                response
            }
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("loopback has a port");
        let host = listener.local_addr().expect("it is bound").to_string();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url: format!("http://{host}"), host, asked }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    fn client(&self, fixture: &Fixture, provider: &str) -> ClientWithMiddleware {
        self.client_telling(fixture, provider, |_| {})
    }

    pub(crate) fn client_telling(
        &self,
        fixture: &Fixture,
        provider: &str,
        told: impl Fn(&Ended) + Send + Sync + 'static,
    ) -> ClientWithMiddleware {
        let middleware = LlmMiddleware::new(&fixture.llm).host(&self.host, provider).on_end(told);
        let client = reqwest::Client::builder().no_proxy().build().expect("a client can be built");
        reqwest_middleware::ClientBuilder::new(client).with(middleware).build()
    }
}

fn request() -> Value {
    json!({"model": MODEL, "messages": [{"role": "user", "content": "canary-prompt"}, {"role": "user", "content": "x"}]})
}

const KEY: &str = "canary-key-0123456789";

#[tokio::test]
async fn whole_answers_of_each_provider_are_measured() {
    let table = [
        (
            "openai",
            "/v1/chat/completions",
            json!({"object": "chat.completion", "model": MODEL, "choices": [{"message": {"content": "canary-completion"}, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 12, "completion_tokens": 5}}),
        ),
        (
            "openai",
            "/v1/responses",
            json!({"object": "response", "model": MODEL, "status": "completed", "usage": {"input_tokens": 12, "output_tokens": 5}}),
        ),
        (
            "anthropic",
            "/v1/messages",
            json!({"type": "message", "model": MODEL, "content": [{"type": "text", "text": "canary-completion"}],
                "usage": {"input_tokens": 12, "output_tokens": 5}}),
        ),
        (
            "gemini",
            "/v1beta/models/test-model:generateContent?key=canary-key-0123456789",
            json!({"candidates": [{"content": {"parts": [{"text": "canary-completion"}]}}], "modelVersion": MODEL,
                "usageMetadata": {"promptTokenCount": 12, "candidatesTokenCount": 5}}),
        ),
        (
            "azure",
            "/openai/deployments/test-model/chat/completions?api-version=1",
            json!({"object": "chat.completion", "model": MODEL, "choices": [], "usage": {"prompt_tokens": 12, "completion_tokens": 5}}),
        ),
    ];
    for (provider, path, answer) in table {
        let fixture = Fixture::new();
        let server = Server::start(Reply::json(200, &answer)).await;
        let url = format!("{}{path}", server.url);
        let client = server.client(&fixture, provider);
        let response = client.post(&url).bearer_auth(KEY).json(&request()).send().await.expect("it answers");
        assert_eq!(response.url().as_str(), url, "the response is what it was");
        assert_eq!(response.json::<Value>().await.expect("it is JSON"), answer);

        fixture.assert_one_request("success", &[]);
        let metrics = fixture.metrics();
        let model = [("provider", provider), ("model", MODEL)];
        assert_eq!(metrics.total(NAMES.tokens, &model), 17.0, "{path}");
        assert!((metrics.counter(NAMES.cost, &model) - 22e-6).abs() < 1e-12, "{path}");
        let span = fixture.call();
        span.assert_attribute("prompt_length", "2");
        span.assert_attribute("server.address", "127.0.0.1");
        span.assert_attribute("gen_ai.response.model", MODEL);
        fixture.assert_nowhere("canary");
    }
}

#[tokio::test]
async fn streams_of_each_shape_are_measured_wherever_they_are_cut() {
    for (shape, pieces) in STREAMS {
        for cut in [1, 7, 100_000] {
            let fixture = Fixture::new();
            let server = Server::start(Reply::events(pieces, cut)).await;
            let url = match *shape {
                "messages" => format!("{}/v1/messages", server.url),
                "generate_content" => format!("{}/v1beta/models/{MODEL}:streamGenerateContent?alt=sse", server.url),
                _ => format!("{}/v1/chat/completions", server.url),
            };
            let client = server.client(&fixture, "openai");
            let response = client.post(url).json(&request()).send().await.expect("it answers");
            let text = response.text().await.expect("it is text");
            assert_eq!(text.matches("data: ").count(), pieces.len());

            fixture.assert_one_request("success", &[]);
            let metrics = fixture.metrics();
            assert_eq!(metrics.total(NAMES.tokens, &[("model", MODEL)]), 17.0, "{shape} cut at {cut}");
            metrics.assert_counter(NAMES.token_details, &[("type", "cached_prompt")], 8.0);
            metrics.assert_histogram_count(NAMES.time_to_first_token, &[], 1);
            metrics.assert_histogram_count(NAMES.time_per_output_token, &[], 1);
        }
    }
}

#[tokio::test]
async fn a_list_of_pieces_is_measured() {
    let (_, pieces) = STREAMS.iter().find(|(shape, _)| *shape == "generate_content").expect("it is one of them");
    let body = format!("[{}]", pieces.join(",\r\n"));
    let reply = Reply {
        pieces: body.as_bytes().chunks(50).map(Bytes::copy_from_slice).collect(),
        ..Reply::json(200, &json!(0))
    };
    let fixture = Fixture::new();
    let server = Server::start(reply).await;
    let url = format!("{}/v1beta/models/{MODEL}:streamGenerateContent", server.url);
    server.client(&fixture, "gemini").post(url).send().await.expect("it answers").bytes().await.expect("it ends");
    fixture.assert_one_request("success", &[]);
    assert_eq!(fixture.total(NAMES.tokens, &[]), 17.0);
    fixture.assert_histogram_count(NAMES.time_to_first_token, &[], 1);
}

#[tokio::test]
async fn errors_are_classed_by_their_bodies_read_or_not() {
    let quota = json!({"error": {"message": "canary", "type": "insufficient_quota", "code": "insufficient_quota"}});
    for (read, expected) in [(true, ErrorType::Auth), (false, ErrorType::RateLimit)] {
        let fixture = Fixture::new();
        let mut reply = Reply::json(429, &quota);
        reply.headers = vec![("retry-after".to_owned(), "3".to_owned())];
        let server = Server::start(reply).await;
        let client = server.client(&fixture, "openai");
        let response =
            client.post(format!("{}/v1/responses", server.url)).json(&request()).send().await.expect("it answers");
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        if read {
            assert_eq!(response.json::<Value>().await.expect("it is JSON"), quota);
        } else {
            // As `error_for_status` does: the body that says more is never seen.
            drop(response);
        }
        let outcome = if read { "error" } else { "rate_limited" };
        fixture.assert_one_request(outcome, &[expected]);
        fixture.call().assert_attribute("http.response.status_code", "429");
        fixture.assert_nowhere("canary");
    }
}

#[tokio::test]
async fn an_error_within_a_stream_is_the_providers() {
    let fixture = Fixture::new();
    let events = [STREAMS[2].1[0], r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#];
    let server = Server::start(Reply::events(&events, 64)).await;
    let client = server.client(&fixture, "anthropic");
    let response =
        client.post(format!("{}/v1/messages", server.url)).json(&request()).send().await.expect("it answers");
    response.bytes().await.expect("it ends");
    fixture.assert_one_request("error", &[ErrorType::ServerError]);
    assert_eq!(fixture.total(NAMES.tokens, &[("type", "prompt")]), 12.0, "what was used counts");
}

#[tokio::test]
async fn a_stream_that_is_dropped_is_cancelled_unless_it_was_over() {
    let (_, pieces) = STREAMS[0];
    for (events, expected) in [(&pieces[..3], "cancelled"), (pieces, "success")] {
        let fixture = Fixture::new();
        let server = Server::start(Reply::events(events, 100_000).then(Then::Hang)).await;
        let client = server.client(&fixture, "openai");
        let url = format!("{}/v1/chat/completions", server.url);
        let response = client.post(url).json(&request()).send().await.expect("it answers");
        let mut stream = response.bytes_stream();
        stream.next().await.expect("the pieces come").expect("they come whole");
        drop(stream);
        fixture.assert_one_request(expected, &[]);
    }
}

#[tokio::test]
async fn broken_connections_and_timeouts_are_told_apart() {
    let (_, pieces) = STREAMS[0];
    for (then, outcome, error) in
        [(Then::Break, "error", ErrorType::Connection), (Then::Hang, "timeout", ErrorType::Timeout)]
    {
        let fixture = Fixture::new();
        let server = Server::start(Reply::events(&pieces[..2], 64).then(then)).await;
        let client = server.client(&fixture, "openai");
        let request = client.post(format!("{}/v1/chat/completions", server.url)).json(&request());
        // A server that breaks off may do so before it has sent anything.
        match request.timeout(Duration::from_secs(2)).send().await {
            Ok(response) => drop(response.bytes().await.expect_err("it does not end well")),
            Err(_) => assert_eq!(then, Then::Break),
        }
        fixture.assert_one_request(outcome, &[error]);
    }
    // Nobody is there.
    let fixture = Fixture::new();
    let server = Server::start(Reply::json(200, &json!({}))).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("loopback has a port");
    let nowhere = listener.local_addr().expect("it is bound").to_string();
    drop(listener);
    let middleware = LlmMiddleware::new(&fixture.llm).host("127.0.0.1", "openai");
    let client = reqwest::Client::builder().no_proxy().build().expect("a client can be built");
    let client = reqwest_middleware::ClientBuilder::new(client).with(middleware).build();
    client.post(format!("http://{nowhere}/v1/responses")).send().await.expect_err("nobody is there");
    fixture.assert_one_request("error", &[ErrorType::Connection]);
    let why = fixture.log("llm call failed");
    assert!(why.attribute("error_message").is_some_and(|why| why.contains("refused")), "{why:?}");
    drop(server);
}

#[tokio::test]
async fn each_end_is_told_with_its_record() {
    let (_, pieces) = STREAMS[0];
    for (then, expected) in [(Then::End, "success"), (Then::Hang, "cancelled")] {
        let fixture = Fixture::new();
        let pieces = if then == Then::End { pieces } else { &pieces[..3] };
        let server = Server::start(Reply::events(pieces, 64).then(then)).await;
        let records = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&records);
        let middleware = LlmMiddleware::new(&fixture.llm).host(&server.host, "openai").on_end(move |ended| {
            told.lock().expect("nobody panics while holding it").push(ended.record());
        });
        let client = reqwest::Client::builder().no_proxy().build().expect("a client can be built");
        let client = reqwest_middleware::ClientBuilder::new(client).with(middleware).build();
        let url = format!("{}/v1/chat/completions", server.url);
        let mut response = client.post(url).json(&request()).send().await.expect("it answers");
        response.chunk().await.expect("the pieces come");
        if then == Then::End {
            response.bytes().await.expect("it ends");
        } else {
            drop(response);
        }
        let records = records.lock().expect("nobody panics while holding it");
        assert_eq!(records.len(), 1);
        assert_eq!((&*records[0].provider, &*records[0].model, &*records[0].outcome), ("openai", MODEL, expected));
    }
}

#[tokio::test]
async fn other_requests_pass_unmeasured() {
    let fixture = Fixture::new();
    let server = Server::start(Reply::json(200, &json!({"data": []}))).await;
    let client = server.client(&fixture, "openai");
    client.get(format!("{}/v1/chat/completions", server.url)).send().await.expect("it answers");
    client.get(format!("{}/v1/models", server.url)).send().await.expect("it answers");
    client.post(format!("{}/v1/files", server.url)).send().await.expect("it answers");
    client.post(format!("{}/v1/messages/count_tokens", server.url)).send().await.expect("it answers");
    // A host that is nobody's.
    let bare = fixture.llm.client(reqwest::Client::builder().no_proxy().build().expect("a client can be built"));
    bare.post(format!("{}/v1/chat/completions", server.url)).json(&request()).send().await.expect("it answers");
    assert_eq!(server.asked.lock().expect("nobody panics while holding it").len(), 5);
    fixture.assert_no_series(NAMES.request, &[]);
    fixture.spans().assert_absent("llm.complete");
}
