//! A stand-in for GitHub's API, on loopback.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, StatusCode};
use tokio::net::TcpListener;

/// Serves it: a repository is answered with JSON, another one is refused.
pub(crate) async fn serve() -> SocketAddr {
    let router = Router::new().fallback(async |request: Request| answer(request.uri().path(), request.headers()));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
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
