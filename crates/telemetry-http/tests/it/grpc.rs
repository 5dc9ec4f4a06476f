//! gRPC answers, whose HTTP status is 200 whatever happened.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use http::{HeaderMap, HeaderName, HeaderValue, Request};
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt as _;

use crate::fixture::{Fixture, NAMES, call, read};

const GRPC_STATUS: HeaderName = HeaderName::from_static("grpc-status");

/// A message, and the trailers after it.
struct Answer {
    frames: VecDeque<Frame<Bytes>>,
    /// Whether it tells its length, as one that is there as a whole can.
    told: bool,
}

impl http_body::Body for Answer {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.frames.pop_front().map(Ok))
    }

    fn size_hint(&self) -> SizeHint {
        let length: u64 = self.frames.iter().filter_map(Frame::data_ref).map(|data| data.len() as u64).sum();
        if self.told { SizeHint::with_exact(length) } else { SizeHint::default() }
    }
}

/// Answers with these headers and, after a message, with this code in the trailers.
fn answering(headers: &[(&'static str, &str)], trailers: Option<&str>, told: bool) -> Router {
    let value = |text: &str| HeaderValue::from_str(text).expect("the tests' headers are ASCII");
    let headers: Vec<_> = headers.iter().map(|(name, text)| (*name, value(text))).collect();
    let trailers: Option<HeaderMap> = trailers.map(|code| HeaderMap::from_iter([(GRPC_STATUS, value(code))]));
    let has_body = !headers.iter().any(|(name, _)| *name == GRPC_STATUS.as_str());
    let answer = move || {
        let message = Frame::data(Bytes::from_static(b"\0\0\0\0\0"));
        let frames = VecDeque::from_iter([Some(message), trailers.clone().map(Frame::trailers)].into_iter().flatten());
        let mut response = Response::new(if has_body { Body::new(Answer { frames, told }) } else { Body::empty() });
        for (name, value) in &headers {
            response.headers_mut().insert(*name, value.clone());
        }
        response
    };
    Router::new().route("/shop.Orders/Take", post(move || std::future::ready(answer())))
}

async fn ask(router: &Router) -> Response {
    call(router, Request::post("/shop.Orders/Take").body(Body::empty()).expect("it is sound")).await
}

#[tokio::test]
async fn the_status_is_that_of_the_grpc_code() {
    const GRPC: (&str, &str) = ("content-type", "application/grpc");
    // Headers, trailers; the label, the code, the class of the error.
    let cases = [
        (&[GRPC][..], Some("0"), "200", Some(0), None),
        (&[("content-type", "Application/gRPC+proto")], Some("0"), "200", Some(0), None),
        (&[GRPC], Some("13"), "500", Some(13), Some("INTERNAL")),
        (&[GRPC], Some("14"), "503", Some(14), Some("UNAVAILABLE")),
        (&[GRPC], Some("4"), "504", Some(4), Some("DEADLINE_EXCEEDED")),
        (&[GRPC], Some("12"), "501", Some(12), Some("UNIMPLEMENTED")),
        (&[GRPC], Some("5"), "404", Some(5), None),
        (&[GRPC], Some("16"), "401", Some(16), None),
        (&[GRPC], Some("1"), "499", Some(1), None),
        // Trailers alone: all is in the head.
        (&[GRPC, ("grpc-status", "14")], None, "503", Some(14), Some("UNAVAILABLE")),
        (&[GRPC, ("grpc-status", "3")], None, "400", Some(3), None),
        // What says nothing, or nothing that there is, is unknown to the client.
        (&[GRPC], None, "500", Some(2), Some("UNKNOWN")),
        (&[GRPC], Some("99"), "500", Some(2), Some("UNKNOWN")),
        (&[GRPC], Some("fine"), "500", Some(2), Some("UNKNOWN")),
        // Others than gRPC.
        (&[("content-type", "application/grpc-web+proto")], Some("14"), "200", None, None),
        (&[("content-type", "application/json")], Some("14"), "200", None, None),
    ];
    for (headers, trailers, status, code, error) in cases {
        let what = format!("{headers:?} {trailers:?}");
        for told in [true, false] {
            let fixture = Fixture::new();
            let answer = ask(&answering(headers, trailers, told).layer(fixture.layer())).await;
            assert_eq!(answer.status(), 200, "{what}");
            read(answer).await;
            fixture.assert_counted("POST", "/shop.Orders/Take", status);
            let span = fixture.span("http.POST /shop.Orders/Take");
            span.assert_attribute("http.response.status_code", "200");
            assert_eq!(
                span.attribute("rpc.grpc.status_code").map(ToString::to_string),
                code.map(|code| code.to_string()),
                "{what}"
            );
            let system = span.attribute("rpc.system").map(ToString::to_string);
            assert_eq!(system.as_deref(), code.map(|_| "grpc"), "{what}");
            assert_eq!(span.attribute("error.type").map(ToString::to_string).as_deref(), error, "{what}");
            assert_eq!(span.is_error(), error.is_some(), "{what}");
        }
    }
}

#[tokio::test]
async fn a_client_that_leaves_before_the_trailers_has_left() {
    let fixture = Fixture::new();
    let router = answering(&[("content-type", "application/grpc")], Some("0"), false).layer(fixture.layer());
    let mut body = ask(&router).await.into_body();
    let first = body.frame().await.expect("a frame").expect("which is sound");
    assert!(first.is_data());
    drop(body);
    fixture.assert_counter(NAMES.requests, &[("status", "499")], 1.0);
    fixture.span("http.POST /shop.Orders/Take").assert_attribute("outcome", "cancelled");
}

#[tokio::test]
async fn an_answer_without_a_body_and_a_code_is_unknown() {
    let fixture = Fixture::new();
    let empty = || std::future::ready([("content-type", "application/grpc")].into_response());
    let router = Router::new().route("/shop.Orders/Take", post(empty)).layer(fixture.layer());
    read(ask(&router).await).await;
    fixture.assert_counted("POST", "/shop.Orders/Take", "500");
}
