//! A stand-in for GitHub's API, on loopback.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, StatusCode};
use tokio::net::TcpListener;

/// What a stand-in was asked: the header `traceparent` of each request.
pub(crate) type Asked = Arc<Mutex<Vec<HeaderMap>>>;

/// Serves it: a call of a repository's pull request is answered with JSON, one of `/limited/…` is refused.
pub(crate) async fn serve() -> (SocketAddr, Asked) {
    let asked = Asked::default();
    let noted = Arc::clone(&asked);
    let router = Router::new().fallback(move |request: Request| {
        let noted = Arc::clone(&noted);
        async move {
            noted.lock().expect("nobody panics with it").push(request.headers().clone());
            answer(request.uri().path(), request.headers())
        }
    });
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    (address, asked)
}

fn answer(path: &str, headers: &HeaderMap) -> Response {
    let left = |remaining: &'static str| {
        [
            ("content-type", "application/json"),
            ("date", "Tue, 14 Nov 2023 22:13:20 GMT"),
            ("etag", "\"one\""),
            ("x-ratelimit-limit", "5000"),
            ("x-ratelimit-remaining", remaining),
            ("x-ratelimit-reset", "1700003600"),
            ("x-ratelimit-resource", "core"),
        ]
    };
    let is_known = headers.get("if-none-match").is_some_and(|tag| tag == "\"one\"");
    match path {
        "/repos/o/limited" => {
            (StatusCode::FORBIDDEN, left("4000"), [("retry-after", "30")], r#"{"message":"secondary rate limit"}"#)
                .into_response()
        }
        "/repos/o/r" if is_known => (StatusCode::NOT_MODIFIED, left("4321")).into_response(),
        "/repos/o/r" => (StatusCode::OK, left("4321"), r#"{"id":1,"name":"r"}"#).into_response(),
        _ => (StatusCode::NOT_FOUND, left("4320"), r#"{"message":"Not Found"}"#).into_response(),
    }
}
