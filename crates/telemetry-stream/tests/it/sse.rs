//! Server-sent events over real sockets.

use std::time::Duration;

use futures_util::stream;
use telemetry_stream::CloseReason;
use telemetry_testkit::eventually;
use tokio::sync::mpsc;

use crate::client::SseClient;
use crate::fixture::{Fixture, PAYLOAD};
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
    for (item, reason) in [
        (Err(PAYLOAD), CloseReason::UpstreamError),
        (Ok(Told::Unspeakable), CloseReason::SerializationError),
        (Ok(Told::Event("two\nlines")), CloseReason::SerializationError),
    ] {
        let Followed { mut client, source, server: _server, fixture } = Followed::start().await;
        for item in [item, Ok(Told::Event("step"))] {
            source.send(item).expect("the stream is there");
        }
        assert!(!client.rest().await, "{}", client.text());
        ended(&fixture).await;
        fixture.assert_one_stream(reason, 1);
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
    fixture.assert_one_stream(CloseReason::InternalError, 0);
}
