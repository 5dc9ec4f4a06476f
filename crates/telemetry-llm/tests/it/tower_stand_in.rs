//! A provider on loopback that answers by a script, and a client of tower's for it.

use std::collections::VecDeque;
use std::future::{Ready, ready};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use futures_util::StreamExt as _;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::json;
use telemetry_llm::LlmLayer;
use tower::retry::Policy;

use crate::fixture::{Fixture, MODEL};

/// 12 tokens of a prompt, 5 of a completion.
pub(crate) const ANSWER: &str = r#"{"object": "chat.completion", "model": "test-model", "choices": [],
    "usage": {"prompt_tokens": 12, "completion_tokens": 5}}"#;

/// One answer of a script.
#[derive(Clone)]
pub(crate) enum Line {
    /// A status and a body.
    Says(u16, String),
    /// Pieces of a stream, with another one to come that never does.
    Streams(Vec<Bytes>),
    /// A body, and what is said after it.
    Trails(String, HeaderMap),
}

impl Line {
    /// An error by its status alone.
    pub(crate) fn status(status: u16) -> Self {
        Self::Says(status, "{}".to_owned())
    }

    /// As many tokens, and a text.
    pub(crate) fn answer() -> Self {
        let answer = json!({"object": "chat.completion", "model": MODEL, "usage": {"prompt_tokens": 12, "completion_tokens": 5},
            "choices": [{"message": {"content": "canary-completion"}, "finish_reason": "stop"}]});
        Self::Says(200, answer.to_string())
    }
}

/// The provider.
pub(crate) struct StandIn {
    pub(crate) host: String,
    asked: Arc<Mutex<Vec<http::request::Parts>>>,
}

impl StandIn {
    pub(crate) async fn start(script: Vec<Line>) -> Self {
        let script = Arc::new(Mutex::new(VecDeque::from(script)));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heads = Arc::clone(&asked);
        let router = Router::new().fallback(move |request: axum::extract::Request| {
            let line = script.lock().expect("nobody panics while holding it").pop_front();
            let (parts, body) = request.into_parts();
            heads.lock().expect("nobody panics while holding it").push(parts);
            async move {
                // What is not read would be a broken connection to the client.
                let _ = axum::body::to_bytes(body, usize::MAX).await;
                match line.expect("the script goes on") {
                    Line::Says(status, body) => {
                        Response::builder().status(status).body(Body::from(body)).expect("the parts are sound")
                    }
                    Line::Streams(pieces) => {
                        let pieces = futures_util::stream::iter(pieces.into_iter().map(Ok::<_, std::io::Error>));
                        Response::new(Body::from_stream(pieces.chain(futures_util::stream::pending())))
                    }
                    Line::Trails(body, trailers) => {
                        Response::new(Body::new(Full::from(body).with_trailers(async { Some(Ok(trailers)) })))
                    }
                }
            }
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("loopback has a port");
        let host = listener.local_addr().expect("it is bound").to_string();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { host, asked }
    }

    /// How many requests it got.
    pub(crate) fn asked(&self) -> usize {
        self.heads().len()
    }

    /// The heads of the requests that it got.
    pub(crate) fn heads(&self) -> Vec<http::request::Parts> {
        self.asked.lock().expect("nobody panics while holding it").clone()
    }

    /// A layer that knows it as OpenAI.
    pub(crate) fn layer(&self, fixture: &Fixture) -> LlmLayer {
        LlmLayer::new(&fixture.llm).host(&self.host, "openai")
    }

    pub(crate) fn request(&self) -> Request<Full<Bytes>> {
        self.request_of(MODEL)
    }

    pub(crate) fn request_of(&self, model: &str) -> Request<Full<Bytes>> {
        let body = json!({"model": model, "messages": [{"role": "user", "content": "canary-prompt"}]});
        let uri = format!("http://{}/v1/chat/completions", self.host);
        Request::post(uri).body(Full::from(body.to_string())).expect("the parts are sound")
    }
}

/// hyper's client.
pub(crate) fn client() -> Client<HttpConnector, Full<Bytes>> {
    Client::builder(TokioExecutor::new()).build_http()
}

/// Reads a body to its end.
pub(crate) async fn read<B>(response: Response<B>) -> Bytes
where
    B: http_body::Body<Data = Bytes>,
    B::Error: std::fmt::Debug,
{
    response.into_body().collect().await.expect("it ends").to_bytes()
}

/// Tries again so often, whatever failed.
#[derive(Clone)]
pub(crate) struct Again(pub(crate) usize);

impl<R, B, E> Policy<Request<R>, Response<B>, E> for Again
where
    R: Clone,
{
    type Future = Ready<()>;

    fn retry(&mut self, _: &mut Request<R>, result: &mut Result<Response<B>, E>) -> Option<Ready<()>> {
        let is_failure = result.as_ref().map_or(true, |response| !response.status().is_success());
        let again = is_failure && self.0 > 0;
        self.0 = self.0.saturating_sub(1);
        again.then(|| ready(()))
    }

    fn clone_request(&mut self, request: &Request<R>) -> Option<Request<R>> {
        Some(request.clone())
    }
}
