//! Answers that pass through the middleware without a network: in pieces of any size, without a server beside them.

use std::sync::Arc;

use async_trait::async_trait;
use axum::body::Bytes;
use futures_util::StreamExt as _;
use http::{Extensions, StatusCode};
use reqwest::{Body, Request, Response};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Middleware, Next};
use telemetry_llm::{Llm, LlmMiddleware};

/// What is answered to each request.
#[derive(Clone)]
pub(crate) struct Passing {
    pub(crate) status: StatusCode,
    pub(crate) content_type: Option<&'static str>,
    /// The body, and where it is cut.
    pub(crate) body: Bytes,
    pub(crate) cuts: Arc<[usize]>,
}

impl Passing {
    pub(crate) fn new(body: impl Into<Bytes>) -> Self {
        Self { status: StatusCode::OK, content_type: None, body: body.into(), cuts: Arc::new([]) }
    }

    /// The same in pieces of this size.
    pub(crate) fn in_pieces(self, size: usize) -> Self {
        let cuts = (size..self.body.len()).step_by(size).collect();
        Self { cuts, ..self }
    }

    fn client(&self, llm: &Llm) -> ClientWithMiddleware {
        let client = reqwest::Client::builder().no_proxy().build().expect("a client can be built");
        let middleware = LlmMiddleware::new(llm).host("llm.test", "openai");
        ClientBuilder::new(client).with(middleware).with(self.clone()).build()
    }

    /// Asks, reads what is answered to its end, and returns how many bytes that were and how many the longest piece had.
    pub(crate) async fn ask(&self, llm: &Llm, path: &str) -> (usize, usize) {
        let request = self.client(llm).post(format!("http://llm.test{path}")).body(r#"{"model": "test-model"}"#);
        let response = request.send().await.expect("it answers");
        let mut pieces = response.bytes_stream();
        let (mut bytes, mut longest) = (0, 0);
        while let Some(piece) = pieces.next().await {
            let length = piece.expect("it ends well").len();
            bytes += length;
            longest = longest.max(length);
        }
        (bytes, longest)
    }
}

#[async_trait]
impl Middleware for Passing {
    async fn handle(&self, _: Request, _: &mut Extensions, _: Next<'_>) -> reqwest_middleware::Result<Response> {
        let (body, cuts) = (self.body.clone(), Arc::clone(&self.cuts));
        let pieces = (0..=cuts.len()).map(move |number| {
            let start = number.checked_sub(1).map_or(0, |before| cuts[before]);
            let end = cuts.get(number).copied().unwrap_or(body.len());
            Ok::<_, std::io::Error>(body.slice(start..end))
        });
        let mut response = http::Response::builder().status(self.status);
        if let Some(content_type) = self.content_type {
            response = response.header("content-type", content_type);
        }
        let body = Body::wrap_stream(futures_util::stream::iter(pieces));
        Ok(response.body(body).expect("the parts are sound").into())
    }
}
