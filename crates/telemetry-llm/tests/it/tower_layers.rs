//! Calls of tower clients, against a real server in this process or a service that stands for a client.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Empty, Full};
use telemetry_llm::labels::ErrorType;
use telemetry_llm::{LlmLayer, RequestModel};
use tower::{Service, ServiceExt as _, service_fn};
use tower_layer::Layer as _;

use crate::fixture::{Fixture, MODEL, NAMES};
use crate::streams::STREAMS;
use crate::tower_stand_in::{ANSWER, Line, StandIn, client, read};

#[tokio::test]
async fn streams_are_measured_and_cancelled_where_they_are_dropped_before_their_end() {
    let (_, events) = STREAMS[0];
    for (events, expected) in [(&events[..3], "cancelled"), (events, "success")] {
        for cut in [1, 7, 100_000] {
            let fixture = Fixture::new();
            let text: String = events.iter().map(|event| format!("data: {event}\n\n")).collect();
            let pieces = text.as_bytes().chunks(cut).map(Bytes::copy_from_slice).collect();
            let stand_in = StandIn::start(vec![Line::Streams(pieces)]).await;
            let service = stand_in.layer(&fixture).layer(client());
            let mut body = service.oneshot(stand_in.request()).await.expect("it answers").into_body();
            let mut came = Vec::new();
            while came.len() < text.len() {
                let frame = body.frame().await.expect("there is more").expect("it is whole");
                came.extend_from_slice(&frame.into_data().expect("it has no trailers"));
            }
            assert_eq!(came, text.as_bytes());
            fixture.assert_no_series(NAMES.request, &[]);
            drop(body);
            fixture.assert_one_request(expected, &[]);
            fixture.metrics().assert_histogram_count(NAMES.time_to_first_token, &[], 1);
            if expected == "success" {
                assert_eq!(fixture.total(NAMES.tokens, &[("model", MODEL)]), 17.0);
            }
        }
    }
}

#[tokio::test]
async fn a_request_that_is_no_call_passes_untouched() {
    let fixture = Fixture::new();
    let said = r#"{"usage": {"prompt_tokens": 12, "completion_tokens": 5}}"#;
    let stand_in = StandIn::start(vec![Line::Says(200, said.to_owned()), Line::Says(503, said.to_owned())]).await;
    let service = stand_in.layer(&fixture).layer(client());
    for (method, path, status) in [("GET", "/v1/chat/completions", 200), ("POST", "/v1/files", 503)] {
        let request = Request::builder().method(method).uri(format!("http://{}{path}", stand_in.host));
        let request = request.header("x-mine", "1").body(Full::default()).expect("the parts are sound");
        let response = service.clone().oneshot(request).await.expect("it answers");
        assert_eq!(response.status().as_u16(), status);
        assert_eq!(response.headers()["content-length"], said.len().to_string());
        assert_eq!(read(response).await, said.as_bytes());
        let heads = stand_in.heads();
        let head = heads.last().expect("there was one");
        let mut names: Vec<_> = head.headers.keys().map(http::HeaderName::as_str).collect();
        names.sort_unstable();
        names.retain(|name| *name != "content-length");
        assert_eq!(names, ["host", "x-mine"]);
    }
    fixture.assert_no_series(NAMES.request, &[]);
    fixture.spans().assert_absent("llm.complete");
}

#[tokio::test]
async fn a_connection_that_fails_is_its_errors_class() {
    let fixture = Fixture::new();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("loopback has a port");
    let nowhere = listener.local_addr().expect("it is bound");
    let request = || {
        let uri = format!("http://{nowhere}/v1/responses");
        Request::post(uri).body(Full::from(r#"{"model": "test-model"}"#)).expect("the parts are sound")
    };
    let service = LlmLayer::new(&fixture.llm).host("127.0.0.1", "openai").layer(client());
    // One that is closed before there is an answer, of which hyper has no more to say than that.
    let closes = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.expect("someone comes");
        let mut some = [0; 16];
        stream.readable().await.expect("it asks");
        let _ = stream.try_read(&mut some);
    });
    service.clone().oneshot(request()).await.expect_err("it is closed");
    closes.await.expect("it ends");
    fixture.assert_one_request("error", &[ErrorType::Connection]);
    // Nobody is there.
    service.oneshot(request()).await.expect_err("nobody is there");
    assert_eq!(fixture.total(NAMES.errors, &[("error_type", "connection")]), 2.0);
}

/// The model that a call is counted for whose request has this address and this body.
async fn model_of<B: 'static>(uri: &str, host: Option<&str>, body: B) -> (String, String) {
    model_said(uri, host, body, None).await
}

/// The same where the application says which model it asks.
async fn model_said<B: 'static>(
    uri: &str,
    host: Option<&str>,
    body: B,
    said: Option<RequestModel>,
) -> (String, String) {
    let fixture = Fixture::new();
    let told = Arc::new(Mutex::new(Vec::new()));
    let ends = Arc::clone(&told);
    let answer = service_fn(|_: Request<B>| async { Ok::<_, Infallible>(Response::new(Full::<Bytes>::from(ANSWER))) });
    let service = LlmLayer::new(&fixture.llm)
        .host("llm.example.com:8443", "house")
        .on_end(move |ended| {
            let ended = (ended.provider().to_owned(), ended.model().to_owned());
            ends.lock().expect("nobody panics while holding it").push(ended);
        })
        .layer(answer);
    let mut request = Request::post(uri);
    if let Some(host) = host {
        request = request.header("host", host);
    }
    if let Some(said) = said {
        request = request.extension(said);
    }
    let request = request.body(body).expect("the parts are sound");
    read(service.oneshot(request).await.expect("it answers")).await;
    fixture.assert_one_request("success", &[]);
    assert_eq!(fixture.total(NAMES.tokens, &[]), 17.0);
    assert!(
        (fixture.metrics().counter(NAMES.cost, &[]) - 22e-6).abs() < 1e-12,
        "at the price of the model that answers"
    );
    told.lock().expect("nobody panics while holding it").pop().expect("its end is told")
}

#[tokio::test]
async fn what_is_asked_is_told_by_bodies_in_memory_and_by_addresses() {
    const ASKS: &str = r#"{"model": "house-7", "messages": []}"#;
    const CHAT: &str = "https://api.openai.com/v1/chat/completions";
    let told = |provider: &str, model: &str| (provider.to_owned(), model.to_owned());
    assert_eq!(model_of(CHAT, None, Full::<Bytes>::from(ASKS)).await, told("openai", "house-7"));
    assert_eq!(model_of(CHAT, None, Bytes::from(ASKS)).await, told("openai", "house-7"));
    assert_eq!(model_of(CHAT, None, ASKS.to_owned()).await, told("openai", "house-7"));
    assert_eq!(model_of(CHAT, None, ASKS.as_bytes().to_vec()).await, told("openai", "house-7"));
    #[cfg(feature = "reqwest")]
    assert_eq!(model_of(CHAT, None, reqwest::Body::from(ASKS)).await, told("openai", "house-7"));
    // By the path alone.
    let gemini = "https://Generativelanguage.googleapis.com/v1beta/models/house-8:generateContent";
    assert_eq!(model_of(gemini, None, Empty::<Bytes>::new()).await, told("gemini", "house-8"));
    // An address that a layer below completes.
    let asks = || Full::<Bytes>::from(ASKS);
    assert_eq!(model_of("/v1/responses", Some("api.openai.com"), asks()).await, told("openai", "house-7"));
    assert_eq!(model_of("/v1/responses", Some("llm.example.com:8443"), asks()).await, told("house", "house-7"));
    assert_eq!(model_of("https://llm.example.com:8443/v1/responses", None, asks()).await, told("house", "house-7"));
}

#[tokio::test]
async fn of_a_body_that_cannot_be_read_the_model_is_what_the_application_says_or_unknown_at_the_price_of_what_answers()
{
    const SPEECH: &str = "https://api.openai.com/v1/audio/transcriptions";
    const ASKS: &str = r#"{"model": "house-7"}"#;
    let told = |model: &str| ("openai".to_owned(), model.to_owned());
    let said = || Some(RequestModel::new("house-9"));
    let boxed = || Full::<Bytes>::from(ASKS).boxed_unsync();
    let stream = || {
        http_body_util::StreamBody::new(futures_util::stream::empty::<Result<http_body::Frame<Bytes>, Infallible>>())
    };
    assert_eq!(model_said(SPEECH, None, boxed(), None).await, told("unknown"));
    assert_eq!(model_said(SPEECH, None, boxed(), said()).await, told("house-9"));
    assert_eq!(model_said(SPEECH, None, stream(), said()).await, told("house-9"));
    assert_eq!(model_said(SPEECH, None, Full::<Bytes>::from("--boundary"), said()).await, told("house-9"));
    // What the request says itself counts before it.
    assert_eq!(model_said(SPEECH, None, Full::<Bytes>::from(ASKS), said()).await, told("house-7"));
    let gemini = "https://generativelanguage.googleapis.com/v1beta/models/house-8:generateContent";
    assert_eq!(model_said(gemini, None, boxed(), said()).await.1, "house-8");
}

/// A client that has to be asked whether it is ready, each clone anew.
struct Strict {
    is_ready: bool,
    polls: Arc<Mutex<usize>>,
}

impl Clone for Strict {
    fn clone(&self) -> Self {
        Self { is_ready: false, polls: Arc::clone(&self.polls) }
    }
}

impl Service<Request<Full<Bytes>>> for Strict {
    type Response = Response<Full<Bytes>>;
    type Error = std::io::Error;
    type Future = Ready<Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        let mut polls = self.polls.lock().expect("nobody panics while holding it");
        *polls += 1;
        if *polls % 2 == 1 {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.is_ready = true;
        if *polls > 4 { Poll::Ready(Err(std::io::Error::other("it is closed"))) } else { Poll::Ready(Ok(())) }
    }

    fn call(&mut self, _: Request<Full<Bytes>>) -> Self::Future {
        assert!(std::mem::take(&mut self.is_ready), "it was not asked whether it is ready");
        ready(Ok(Response::new(Full::from(ANSWER))))
    }
}

#[tokio::test]
async fn readiness_and_its_errors_are_the_clients() {
    let fixture = Fixture::new();
    let polls = Arc::new(Mutex::new(0));
    let strict = Strict { is_ready: false, polls: Arc::clone(&polls) };
    let service = LlmLayer::new(&fixture.llm).layer(strict);
    let service = telemetry_llm::OneCallLayer::new().layer(service);
    let request = || {
        let asks = Full::from(r#"{"model": "test-model"}"#);
        Request::post("https://api.openai.com/v1/responses").body(asks).expect("the parts are sound")
    };
    for _ in 0..2 {
        read(service.clone().oneshot(request()).await.expect("it answers")).await;
    }
    assert_eq!(*polls.lock().expect("nobody panics while holding it"), 4);
    let error = service.oneshot(request()).await.expect_err("it is closed");
    assert_eq!(error.to_string(), "it is closed");
    fixture.metrics().assert_total(NAMES.request, &[], 2.0);
}

#[cfg(feature = "reqwest")]
#[tokio::test]
async fn reqwests_own_requests_are_measured_by_the_same_layers() {
    use telemetry_llm::OneCallLayer;

    let fixture = Fixture::new();
    let stand_in = StandIn::start(vec![Line::status(529), Line::answer(), Line::status(404)]).await;
    let reqwest = reqwest::Client::builder().no_proxy().build().expect("a client can be built");
    let url = format!("http://{}/v1/chat/completions", stand_in.host);
    let post = reqwest.post(&url).body(r#"{"model": "test-model"}"#).build().expect("it is a request");
    let other = reqwest.get(&url).build().expect("it is a request");
    let service = stand_in.layer(&fixture).layer(reqwest);
    let measured = service.clone();
    let again = service_fn(move |request: reqwest::Request| {
        let service = measured.clone();
        async move {
            loop {
                let request = request.try_clone().expect("its body is in memory");
                let response = service.clone().oneshot(request).await?;
                if response.status().is_success() {
                    break Ok::<_, reqwest::Error>(response);
                }
            }
        }
    });
    let response = OneCallLayer::new().layer(again).oneshot(post).await.expect("it answers");
    assert_eq!(response.url().as_str(), url, "the response is what it was");
    assert!(response.text().await.expect("it is text").contains("canary-completion"));
    fixture.assert_one_request("success", &[ErrorType::ServerError]);
    assert_eq!(fixture.total(NAMES.tokens, &[("model", MODEL)]), 17.0);

    let response = service.oneshot(other).await.expect("it answers");
    assert_eq!((response.status().as_u16(), response.url().as_str()), (404, &*url));
    fixture.assert_one_request("success", &[ErrorType::ServerError]);
}
