//! Server-sent events over real sockets.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use axum::body::to_bytes;
use axum::response::sse::Event;
use axum::response::{IntoResponse as _, Response};
use futures_util::{FutureExt as _, StreamExt as _, stream};
use telemetry_stream::labels::CloseReason;
use telemetry_stream::{Seen, StreamGuard};
use telemetry_testkit::eventually;
use tokio::sync::mpsc;

use crate::client::SseClient;
use crate::fixture::{Fixture, GONE, NAMES, PAYLOAD};
use crate::server::{Item, STUCK, Server, Told, stuck};

/// A stream that goes on, of which its client has had one event.
struct Followed {
    client: SseClient,
    source: mpsc::UnboundedSender<Item>,
    server: Server,
    fixture: Fixture,
}

impl Followed {
    async fn start() -> Self {
        let fixture = Fixture::new();
        let server = Server::start(&fixture).await;
        let source = server.channel("s");
        let mut client = SseClient::get(server.address, "s").await;
        source.send(Ok(Told::Event("step"))).expect("the stream is there");
        client.until("event: step").await;
        assert_eq!(fixture.active(), 1.0);
        Self { client, source, server, fixture }
    }
}

async fn ended(fixture: &Fixture) {
    eventually("the stream ends", || fixture.active() == 0.0).await;
}

#[tokio::test]
async fn a_stream_that_is_read_to_its_end_is_complete() {
    let fixture = Fixture::new();
    let server = Server::start(&fixture).await;
    server.source("s", stream::iter([Ok(Told::Event("step")), Ok(Told::Heartbeat), Ok(Told::Event("turn"))]));
    let mut client = SseClient::get(server.address, "s").await;
    assert!(client.rest().await, "{}", client.text());
    let text = client.text();
    assert!(text.contains("content-type: text/event-stream"), "{text}");
    for event_type in ["step", "turn"] {
        assert!(text.contains(&format!("data: \"{PAYLOAD}\"\nevent: {event_type}\n\n")), "{text}");
    }
    fixture.assert_one_stream(CloseReason::Completed, 2);
    fixture.span("stream.step").assert_attribute("sequence", "0");
    // It was handed on while the first was on its way yet.
    fixture.spans().assert_absent("stream.turn");
}

#[tokio::test]
async fn a_client_that_vanishes_is_noticed_although_nothing_is_sent() {
    let Followed { client, source, server: _server, fixture } = Followed::start().await;
    client.vanish();
    ended(&fixture).await;
    fixture.assert_one_stream(CloseReason::ClientDisconnect, 1);
    assert!(source.is_closed(), "what fed the stream is told");
}

#[tokio::test]
async fn a_client_that_leaves_is_noticed() {
    let Followed { client, source: _source, server: _server, fixture } = Followed::start().await;
    drop(client);
    ended(&fixture).await;
    fixture.assert_one_stream(CloseReason::ClientDisconnect, 1);
}

#[tokio::test]
async fn a_client_that_leaves_before_the_first_event_is_noticed() {
    let fixture = Fixture::new();
    let server = Server::start(&fixture).await;
    let _source = server.channel("s");
    let mut client = SseClient::get(server.address, "s").await;
    client.until("text/event-stream").await;
    assert_eq!(fixture.active(), 1.0);
    drop(client);
    ended(&fixture).await;
    fixture.assert_one_stream(CloseReason::ClientDisconnect, 0);
}

#[tokio::test]
async fn a_client_that_closes_its_half_counts_as_gone() {
    let Followed { mut client, source: _source, server: _server, fixture } = Followed::start().await;
    client.close_half().await;
    assert!(!client.rest().await, "the response is cut off");
    ended(&fixture).await;
    fixture.assert_one_stream(CloseReason::ClientDisconnect, 1);
}

#[tokio::test]
async fn a_client_that_reads_slowly_slows_the_stream_and_loses_nothing() {
    const EVENTS: usize = 600;
    let fixture = Fixture::idle_after(STUCK / 2);
    let server = Server::start(&fixture).await;
    let produced = server.flood("s", EVENTS);
    let mut client = SseClient::get(server.address, "s").await;
    client.until("event: chunk").await;
    let taken = stuck(&produced).await;
    assert!(taken < EVENTS, "the connection took everything: {taken}");
    assert_eq!(fixture.active(), 1.0, "a slow client is no idle stream");
    assert!(client.rest().await);
    assert_eq!(client.events(), EVENTS);
    fixture.assert_one_stream(CloseReason::Completed, u64::try_from(EVENTS).expect("fits"));
}

#[tokio::test]
async fn a_server_that_shuts_down_ends_its_responses_and_then_itself() {
    let Followed { mut client, source: _source, server, fixture } = Followed::start().await;
    server.stop.cancel();
    assert!(client.rest().await, "the response ends in order");
    server.stopped().await;
    fixture.assert_one_stream(CloseReason::ServerShutdown, 1);
}

#[tokio::test]
async fn a_stream_that_waits_too_long_times_out() {
    let fixture = Fixture::idle_after(Duration::from_millis(50));
    let server = Server::start(&fixture).await;
    let _source = server.channel("s");
    let mut client = SseClient::get(server.address, "s").await;
    assert!(client.rest().await, "{}", client.text());
    fixture.assert_one_stream(CloseReason::Timeout, 0);
}

#[tokio::test]
async fn what_fails_cuts_the_response_off() {
    for (item, reason, cause) in [
        (Err(GONE), CloseReason::UpstreamError, GONE),
        (Ok(Told::Unspeakable), CloseReason::SerializationError, "unspeakable"),
        (Ok(Told::Event("two\nlines")), CloseReason::SerializationError, "an event's type is one line"),
    ] {
        let Followed { mut client, source, server: _server, fixture } = Followed::start().await;
        for item in [item, Ok(Told::Event("step"))] {
            source.send(item).expect("the stream is there");
        }
        assert!(!client.rest().await, "{}", client.text());
        ended(&fixture).await;
        fixture.assert_one_stream(reason, 1);
        fixture.assert_cause(cause);
    }
}

#[tokio::test]
async fn an_event_may_be_the_last_word() {
    let Followed { mut client, source, server: _server, fixture } = Followed::start().await;
    for item in [Told::Last(CloseReason::UpstreamError), Told::Event("step")] {
        source.send(Ok(item)).expect("the stream is there");
    }
    assert!(client.rest().await, "the response ends in order");
    assert_eq!(client.text().matches(PAYLOAD).count(), 2, "the last word was told");
    fixture.assert_one_stream(CloseReason::UpstreamError, 1);
}

#[tokio::test]
async fn a_source_that_panics_is_an_internal_error() {
    let fixture = Fixture::new();
    let server = Server::start(&fixture).await;
    server.source("s", stream::once(async { panic!("as the test wants it") }));
    let mut client = SseClient::get(server.address, "s").await;
    assert!(!client.rest().await, "{}", client.text());
    ended(&fixture).await;
    fixture.assert_panicked(0);
}

/// Something of the application's that becomes an event of axum's.
struct Line(&'static str);

impl From<Line> for Event {
    fn from(line: Line) -> Self {
        assert_ne!(line.0, "unwritable", "as the test wants it");
        Self::default().event(line.0).data(PAYLOAD)
    }
}

fn look(line: &Line) -> Seen<'_> {
    match line.0 {
        "untellable" => panic!("as the test wants it"),
        "ping" => Seen::Nothing,
        "stop" => Seen::End(CloseReason::Timeout),
        event_type => event_type.into(),
    }
}

#[tokio::test]
async fn events_of_axums_own_are_a_response_too() {
    let fixture = Fixture::new();
    let events = ["step", "turn"].map(|name| Ok::<_, Infallible>(Event::default().event(name).data(PAYLOAD)));
    let response = fixture.open().start().sse_as(stream::iter(events), |_| "any".into()).into_response();
    let body = to_bytes(response.into_body(), usize::MAX).await.expect("it is whole");
    let expected = ["step", "turn"].map(|name| format!("event: {name}\ndata: {PAYLOAD}\n\n"));
    assert_eq!(str::from_utf8(&body), Ok(expected.concat().as_str()));
    fixture.assert_one_stream(CloseReason::Completed, 2);
    fixture.metrics().assert_counter(NAMES.all_events, &[("event_type", "any")], 2.0);
}

#[tokio::test]
async fn what_becomes_an_event_of_axums_is_looked_at_before_it_does() {
    for (last, reason, is_whole) in [
        (Ok(Line("step")), CloseReason::Completed, true),
        (Ok(Line("stop")), CloseReason::Timeout, true),
        (Err("gone"), CloseReason::UpstreamError, false),
    ] {
        let fixture = Fixture::new();
        let events = u64::from(reason == CloseReason::Completed) + 1;
        let items = stream::iter([Ok(Line("step")), Ok(Line("ping")), last]);
        let response = fixture.open().start().sse_as(items, look).into_response();
        let parts: Vec<bool> = response.into_body().into_data_stream().map(|part| part.is_ok()).collect().await;
        assert_eq!(parts, [true, true, is_whole]);
        fixture.assert_one_stream(reason, events);
    }
}

#[tokio::test]
async fn a_panic_of_what_tells_or_writes_an_event_is_the_servers_own() {
    type Respond = fn(StreamGuard) -> Response;
    let written = |stream: StreamGuard| {
        let items = stream::iter([Ok::<_, Infallible>(Told::Event("step")), Ok(Told::Unspeakable)]);
        let write = |told: &Told| match told {
            Told::Event(name) => Ok::<_, Infallible>(Event::default().event(name)),
            _ => panic!("as the test wants it"),
        };
        stream.sse_with(items, write).into_response()
    };
    let cases: [(Respond, u64); 3] = [
        (written, 1),
        (|stream| stream.sse_as(stream::iter(["step", "untellable"].map(unfailing)), look).into_response(), 1),
        (|stream| stream.sse_as(stream::iter(["step", "unwritable"].map(unfailing)), look).into_response(), 1),
    ];
    for (respond, events) in cases {
        let fixture = Fixture::new();
        let mut body = respond(fixture.open().start()).into_body().into_data_stream();
        let caught = AssertUnwindSafe(async { body.by_ref().count().await }).catch_unwind().await;
        assert!(caught.is_err());
        // By now nothing unwinds any more.
        drop(body);
        fixture.assert_panicked(events);
    }
}

fn unfailing(name: &'static str) -> Result<Line, Infallible> {
    Ok(Line(name))
}
