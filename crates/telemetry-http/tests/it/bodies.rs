//! The sizes of bodies, and the end of the measurement with them.

use axum::Router;
use axum::body::Body;
use axum::routing::{get, post};
use http::header::CONTENT_TYPE;
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;

use crate::fixture::{Fixture, NAMES, call, get as request, read};
use crate::script::{Script, Step};
use crate::wire;

const ROUTE: [(&str, &str); 2] = [("method", "GET"), ("path", "/")];

/// A route that answers with this body.
fn answering(fixture: &Fixture, body: fn() -> Body) -> Router {
    Router::new().route("/", get(move || async move { body() })).layer(fixture.layer())
}

#[tokio::test]
async fn bytes_are_counted_as_they_stream() {
    let fixture = Fixture::new();
    let router = answering(&fixture, || Script::body(&[Step::Send("one"), Step::Send("three"), Step::Send("")]));
    let response = request(&router, "/").await;
    fixture.assert_no_series(NAMES.duration, &ROUTE);
    assert_eq!(read(response).await, "onethree");
    fixture.assert_counted("GET", "/", "200");
    assert_eq!(fixture.sizes("GET", "/"), (0.0, 8.0));
    let span = fixture.span("http.GET /");
    span.assert_attribute("http.response.body.size", "8");
    span.assert_attribute("outcome", "success");
}

#[tokio::test]
async fn of_a_request_what_was_read_is_counted() {
    let fixture = Fixture::new();
    let router = Router::new()
        .route("/all", post(|body: String| async move { body.len().to_string() }))
        .route(
            "/some",
            post(|mut body: Body| async move {
                let _first = body.frame().await;
                "enough"
            }),
        )
        .route("/none", post(|| async { "no" }))
        .layer(fixture.layer());
    for (path, read_of_it) in [("/all", 9.0), ("/some", 4.0), ("/none", 0.0)] {
        let body = Script::body(&[Step::Send("four"), Step::Send("five!")]);
        read(call(&router, Request::post(path).body(body).expect("it is sound")).await).await;
        assert_eq!(fixture.sizes("POST", path).0, read_of_it, "{path}");
        let span = fixture.span(&format!("http.POST {path}"));
        span.assert_attribute("http.request.body.size", &read_of_it.to_string());
    }
}

#[tokio::test]
async fn a_dropped_body_ends_the_measurement() {
    let fixture = Fixture::new();
    let router = answering(&fixture, || Script::body(&[Step::Send("some"), Step::Hang]));
    let mut response = request(&router, "/").await;
    response.body_mut().frame().await.expect("a frame").expect("it is sound");
    drop(response);
    fixture.assert_counted("GET", "/", "200");
    assert_eq!(fixture.sizes("GET", "/").1, 4.0);
    let span = fixture.span("http.GET /");
    span.assert_attribute("outcome", "cancelled");
    assert!(!span.is_error(), "that the client left is no error of the server\n{span}");
}

#[tokio::test]
async fn a_failure_is_one_also_where_the_client_does_not_wait_for_all_of_it() {
    let fixture = Fixture::new();
    let body = || async { (StatusCode::BAD_GATEWAY, Script::body(&[Step::Send("some"), Step::Hang])) };
    let router = Router::new().route("/", get(body)).layer(fixture.layer());
    let mut response = request(&router, "/").await;
    response.body_mut().frame().await.expect("a frame").expect("it is sound");
    drop(response);
    let span = fixture.span("http.GET /");
    span.assert_attribute("outcome", "error");
    span.assert_attribute("error.type", "502");
    assert!(span.is_error(), "{span}");
    fixture.log("request failed").assert_severity("ERROR");
}

#[tokio::test]
async fn a_response_that_nobody_reads_ends_the_measurement() {
    let fixture = Fixture::new();
    let router = answering(&fixture, || Body::from("unread"));
    drop(request(&router, "/").await);
    fixture.assert_counted("GET", "/", "200");
    assert_eq!(fixture.sizes("GET", "/").1, 0.0);
}

#[tokio::test]
async fn a_failing_body_ends_the_measurement_as_an_error() {
    let fixture = Fixture::new();
    let router = answering(&fixture, || Script::body(&[Step::Send("some"), Step::Fail]));
    let failed = request(&router, "/").await.into_body().collect().await;
    assert!(failed.is_err());
    // The status had been sent.
    fixture.assert_counted("GET", "/", "200");
    let span = fixture.span("http.GET /");
    span.assert_attribute("error.type", "body_error");
    span.assert_attribute("http.response.body.size", "4");
    assert!(span.is_error());
    fixture.log("request failed").assert_severity("ERROR");
}

#[tokio::test]
async fn a_body_of_an_announced_length_is_complete_when_it_was_sent() {
    let fixture = Fixture::new();
    let router = answering(&fixture, || Script::announced(4, &[Step::Send("four"), Step::Hang]));
    let mut response = request(&router, "/").await;
    response.body_mut().frame().await.expect("a frame").expect("it is sound");
    // A server asks for no further frame.
    fixture.assert_counted("GET", "/", "200");
    fixture.span("http.GET /").assert_attribute("outcome", "success");
    drop(response);
    fixture.assert_counted("GET", "/", "200");
}

#[tokio::test]
async fn what_has_no_body_is_complete_at_once() {
    for status in [StatusCode::NO_CONTENT, StatusCode::NOT_MODIFIED, StatusCode::OK] {
        let fixture = Fixture::new();
        let router = Router::new().route("/", get(move || async move { status })).layer(fixture.layer());
        let _unread = request(&router, "/").await;
        fixture.assert_counted("GET", "/", status.as_str());
        fixture.span("http.GET /").assert_attribute("outcome", "success");
    }
}

#[tokio::test]
async fn a_request_that_its_client_left_counts_as_499() {
    let fixture = Fixture::new();
    let router = Router::new().route("/", get(std::future::pending::<()>)).layer(fixture.layer());
    let mut pending = Box::pin(request(&router, "/"));
    let polled = std::future::poll_fn(|cx| std::task::Poll::Ready(pending.as_mut().poll(cx).is_pending())).await;
    assert!(polled);
    drop(pending);
    fixture.assert_counted("GET", "/", "499");
    fixture.assert_no_series(NAMES.response_size, &ROUTE);
    let span = fixture.span("http.GET /");
    span.assert_attribute("outcome", "cancelled");
    assert!(!span.is_error(), "{span}");
}

#[tokio::test]
async fn an_event_stream_counts_until_its_head() {
    for media_type in
        ["text/event-stream", "Text/Event-Stream", "text/event-stream; charset=utf-8", "TEXT/EVENT-STREAM ;q=1"]
    {
        let fixture = Fixture::new();
        let events = move || async move {
            ([(CONTENT_TYPE, media_type)], Script::body(&[Step::Send("data: 1\n\n"), Step::Hang]))
        };
        let router = Router::new().route("/", get(events)).layer(fixture.layer());
        let mut response = request(&router, "/").await;
        response.body_mut().frame().await.expect("a frame").expect("it is sound");
        let metrics = fixture.metrics();
        assert!(metrics.find(NAMES.duration, &ROUTE).is_some(), "{media_type}");
        metrics.assert_histogram_count(NAMES.duration, &ROUTE, 1);
        metrics.assert_counter(NAMES.requests, &ROUTE, 1.0);
        metrics.assert_absent(NAMES.response_size, &ROUTE);
        drop(response);
        fixture.assert_counted("GET", "/", "200");
        assert_eq!(fixture.sizes("GET", "/").1, 9.0);
    }
}

#[tokio::test]
async fn a_client_that_vanishes_from_a_socket_ends_the_measurement() {
    use telemetry_testkit::eventually;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let fixture = Fixture::new();
    let endless =
        || Body::from_stream(futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>("x".repeat(65_536))));
    let server = wire::serve(answering(&fixture, endless)).await;
    let mut stream = tokio::net::TcpStream::connect(server).await.expect("the server listens");
    stream.write_all(b"GET / HTTP/1.1\r\nhost: test\r\n\r\n").await.expect("the server reads");
    stream.read_exact(&mut [0; 1_000]).await.expect("the server answers");
    drop(stream);

    eventually("the measurement ends", || fixture.metrics().find(NAMES.duration, &ROUTE).is_some()).await;
    fixture.assert_counted("GET", "/", "200");
    fixture.span("http.GET /").assert_attribute("outcome", "cancelled");
}
