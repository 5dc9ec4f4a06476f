//! What has left when a response fails, over real connections of both versions of HTTP.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::response::IntoResponse as _;
use axum::response::sse::KeepAlive;
use futures_util::{FutureExt as _, StreamExt as _, stream};
use http::Request;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use telemetry_stream::StreamSettings;
use telemetry_stream::labels::CloseReason;
use telemetry_testkit::eventually;
use tokio::net::TcpStream;

use crate::client::SseClient;
use crate::fixture::{Fixture, GONE, NAMES};
use crate::server::{Item, Server, Told, within};

async fn ended(fixture: &Fixture) {
    eventually("the stream ends", || fixture.active() == 0.0).await;
}

fn fails_after(events: usize) -> impl futures_util::Stream<Item = Item> + Send + 'static {
    let events = std::iter::repeat_n((), events).map(|()| Ok(Told::Event("step")));
    stream::iter(events.chain([Err(GONE)]))
}

/// A client of HTTP/2.
struct Http2 {
    body: Incoming,
    text: String,
}

impl Http2 {
    async fn get(server: &Server, path: &str) -> Self {
        let socket = TcpStream::connect(server.address).await.expect("the server listens");
        let (mut requests, connection) =
            http2::handshake(TokioExecutor::new(), TokioIo::new(socket)).await.expect("the server speaks HTTP/2");
        tokio::spawn(connection);
        let request = Request::get(format!("http://{}{path}", server.address)).body(Body::empty()).expect("sound");
        let response = within(requests.send_request(request)).await.expect("the server answers");
        Self { body: response.into_body(), text: String::new() }
    }

    async fn until(&mut self, text: &str) {
        while !self.text.contains(text) {
            let frame = within(self.body.frame()).await.expect("there is more").expect("the stream is whole");
            self.keep(frame.into_data().expect("no trailers"));
        }
    }

    fn keep(&mut self, data: Bytes) {
        self.text.push_str(str::from_utf8(&data).expect("events are texts"));
    }

    /// Reads to the end, and tells whether the response was whole.
    async fn rest(&mut self) -> bool {
        loop {
            match within(self.body.frame()).await {
                Some(Ok(frame)) => self.keep(frame.into_data().expect("no trailers")),
                Some(Err(_)) => return false,
                None => return true,
            }
        }
    }
}

#[tokio::test]
async fn what_came_before_an_error_has_left_when_the_response_fails() {
    for events in [1, 2, 40] {
        let fixture = Fixture::new();
        let server = Server::start(&fixture).await;
        server.source("s", fails_after(events));
        let mut client = SseClient::get(server.address, "s").await;
        assert!(!client.rest().await, "the response is cut off");
        assert_eq!(client.events(), events, "{}", client.text());
        ended(&fixture).await;
        fixture.assert_one_stream(CloseReason::UpstreamError, u64::try_from(events).expect("fits"));
        fixture.assert_cause(GONE);
    }
}

#[tokio::test]
async fn what_came_before_an_error_has_left_over_http_2_too() {
    for events in [1, 2, 40] {
        let fixture = Fixture::new();
        let server = Server::start(&fixture).await;
        server.source("s", fails_after(events));
        let mut client = Http2::get(&server, "/sse/s").await;
        assert!(!client.rest().await, "the response is cut off");
        assert_eq!(client.text.matches("event: ").count(), events, "{}", client.text);
        ended(&fixture).await;
        fixture.assert_one_stream(CloseReason::UpstreamError, u64::try_from(events).expect("fits"));
    }
}

#[tokio::test]
async fn an_event_that_cannot_be_written_takes_none_before_it_along() {
    let fixture = Fixture::new();
    let server = Server::start(&fixture).await;
    server.source("s", stream::iter([Ok(Told::Event("step")), Ok(Told::Heartbeat), Ok(Told::Unspeakable)]));
    let mut client = SseClient::get(server.address, "s").await;
    assert!(!client.rest().await, "the response is cut off");
    assert_eq!(client.text().matches("data: ").count(), 2, "{}", client.text());
    ended(&fixture).await;
    fixture.assert_one_stream(CloseReason::SerializationError, 1);
}

#[tokio::test]
async fn what_a_server_reads_of_its_own_accord_leaves_before_an_error() {
    let fixture = Fixture::new();
    let server = Server::start(&fixture).await;
    server.source("s", fails_after(2));
    let mut client = SseClient::ask(server.address, "GET", "/observed/s").await;
    assert!(!client.rest().await, "the response is cut off");
    assert_eq!(client.text().matches("step").count(), 2, "{}", client.text());
    ended(&fixture).await;
    fixture.assert_one_stream(CloseReason::UpstreamError, 2);
}

#[tokio::test]
async fn an_event_counts_while_its_stream_goes_on() {
    let fixture = Fixture::new();
    let server = Server::start(&fixture).await;
    let source = server.channel("s");
    let mut client = Http2::get(&server, "/sse/s").await;
    for sent in [1.0, 2.0] {
        source.send(Ok(Told::Event("step"))).expect("the stream is there");
        eventually("the event is recorded", || fixture.total(NAMES.events, &[]) == sent).await;
    }
    client.until("event: step").await;
    drop(client);
    ended(&fixture).await;
    fixture.assert_one_stream(CloseReason::ClientDisconnect, 2);
}

#[tokio::test]
async fn a_client_that_takes_nothing_is_cut_off_from_a_stream_that_failed() {
    const EVENTS: usize = 600;
    let close_timeout = Duration::from_secs(1);
    for is_http_2 in [false, true] {
        let fixture = Fixture::with(StreamSettings { close_timeout, ..StreamSettings::default() });
        let server = Server::start(&fixture).await;
        let events = stream::repeat_with(|| Ok(Told::Big(64 * 1024))).take(EVENTS);
        server.source("s", events.chain(stream::iter([Err(GONE)])));
        let (mut old, mut new) = (None, None);
        if is_http_2 {
            new = Some(Http2::get(&server, "/sse/s").await);
        } else {
            old = Some(SseClient::get(server.address, "s").await);
        }
        // It reads all but the last ones, so that the source fails, and then nothing.
        let enough = (EVENTS - 8) * 64 * 1024;
        while old.as_ref().map_or(0, SseClient::bytes) + new.as_ref().map_or(0, |new: &Http2| new.text.len()) < enough {
            if let Some(old) = &mut old {
                old.read().await;
            }
            if let Some(new) = &mut new {
                let frame = within(new.body.frame()).await.expect("there is more").expect("the stream is whole");
                new.keep(frame.into_data().expect("no trailers"));
            }
        }
        ended(&fixture).await;
        assert_eq!(fixture.closed(CloseReason::UpstreamError), 1.0);
        let sent = fixture.total(NAMES.events, &[]);
        assert!((1.0..=EVENTS as f64).contains(&sent), "{sent}");
        drop((old, new));
    }
}

#[tokio::test]
async fn what_a_lost_connection_held_back_does_not_count() {
    const EVENTS: usize = 600;
    let fixture = Fixture::new();
    let server = Server::start(&fixture).await;
    let produced = server.flood("s", EVENTS);
    let client = SseClient::get(server.address, "s").await;
    let taken = crate::server::stuck(&produced).await;
    client.vanish();
    ended(&fixture).await;
    assert_eq!(fixture.closed(CloseReason::ClientDisconnect), 1.0);
    let sent = fixture.total(NAMES.events, &[]);
    assert!(sent < taken as f64, "{sent} of {taken}, some of which the server held back");
}

#[tokio::test(start_paused = true)]
async fn a_body_that_is_collected_fails_too() {
    let fixture = Fixture::new();
    let response = fixture.open().start().sse(fails_after(2)).keep_alive(KeepAlive::default()).into_response();
    assert!(to_bytes(response.into_body(), usize::MAX).await.is_err());
    // Whoever collects lets go of nothing, and has thrown it all away now.
    fixture.assert_one_stream(CloseReason::UpstreamError, 0);

    let fixture = Fixture::new();
    let response = fixture.open().start().sse(fails_after(2).take(2)).into_response();
    let body = to_bytes(response.into_body(), usize::MAX).now_or_never();
    assert!(body.is_none(), "a turn for the server to write");
    fixture.assert_one_stream(CloseReason::ClientDisconnect, 0);

    let fixture = Fixture::new();
    let response = fixture.open().start().sse(fails_after(2).take(2)).into_response();
    assert!(to_bytes(response.into_body(), usize::MAX).await.is_ok());
    fixture.assert_one_stream(CloseReason::Completed, 2);
}

#[tokio::test]
async fn proxies_are_told_to_pass_events_on_unless_the_application_knows_better() {
    for (path, expected) in [
        ("/sse/s", ["cache-control: no-cache\r\n", "x-accel-buffering: no\r\n"]),
        ("/own/s", ["cache-control: no-store\r\n", "x-accel-buffering: yes\r\n"]),
    ] {
        let fixture = Fixture::new();
        let server = Server::start(&fixture).await;
        server.source("s", stream::empty());
        let mut client = SseClient::ask(server.address, "GET", path).await;
        assert!(client.rest().await);
        for header in expected {
            assert!(client.text().contains(header), "{header:?} in\n{}", client.text());
        }
        for name in ["cache-control", "x-accel-buffering", "content-type: text/event-stream"] {
            assert_eq!(client.text().matches(name).count(), 1, "{name} in\n{}", client.text());
        }
    }
}

#[tokio::test]
async fn a_head_request_is_no_client_that_left() {
    for path in ["/sse/s", "/observed/s"] {
        let fixture = Fixture::new();
        let server = Server::start(&fixture).await;
        let _source = server.channel("s");
        let mut client = SseClient::ask(server.address, "HEAD", path).await;
        client.rest().await;
        assert!(client.text().starts_with("HTTP/1.1 200"), "{}", client.text());
        ended(&fixture).await;
        fixture.assert_one_stream(CloseReason::Completed, 0);
    }
}

/// An error with causes.
#[derive(Debug)]
struct Lost(std::io::Error);

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cannot read from redis://app:hunter2@cache:6379/0")
    }
}

impl Error for Lost {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_says_why_without_secrets() {
    let lost = || Lost(std::io::Error::other("connection refused"));
    let expected = "cannot read from redis://app:[redacted]@cache:6379/0: connection refused";

    let fixture = Fixture::new();
    let response = fixture.open().start().sse(stream::iter([Err::<Told, _>(lost())])).into_response();
    assert!(to_bytes(response.into_body(), usize::MAX).await.is_err());
    fixture.assert_one_stream(CloseReason::UpstreamError, 0);
    fixture.assert_cause(expected);

    let fixture = Fixture::new();
    fixture.open().start().fail(CloseReason::InternalError, lost());
    fixture.assert_one_stream(CloseReason::InternalError, 0);
    fixture.assert_cause(expected);

    let fixture = Fixture::new();
    fixture.open().start().fail(CloseReason::InternalError, "é".repeat(1_000));
    fixture.assert_cause(&format!("{}…", "é".repeat(512)));
}
