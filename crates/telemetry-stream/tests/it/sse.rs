//! Server-sent events over real sockets.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use telemetry_stream::CloseReason;

use crate::client::SseClient;
use crate::fixture::{Fixture, PAYLOAD};
use crate::server::{STUCK, Server, Told, eventually, stuck};

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
    let fixture = Fixture::new();
    let server = Server::start(&fixture).await;
    let source = server.channel("s");
    let mut client = SseClient::get(server.address, "s").await;
    source.send(Ok(Told::Event("step"))).expect("the stream is there");
    client.until("event: step").await;
    assert_eq!(fixture.active(), 1.0);
    client.vanish();
    eventually("the stream ends", || fixture.active() == 0.0).await;
    fixture.assert_one_stream(CloseReason::ClientDisconnect, 1);
    assert!(source.is_closed(), "what fed the stream is told");
}

#[tokio::test]
async fn a_client_that_leaves_is_noticed() {
    let fixture = Fixture::new();
    let server = Server::start(&fixture).await;
    let _source = server.channel("s");
    let mut client = SseClient::get(server.address, "s").await;
    client.until("text/event-stream").await;
    assert_eq!(fixture.active(), 1.0);
    drop(client);
    eventually("the stream ends", || fixture.active() == 0.0).await;
    fixture.assert_one_stream(CloseReason::ClientDisconnect, 0);
}

#[tokio::test]
async fn a_client_that_closes_its_half_counts_as_gone() {
    let fixture = Fixture::new();
    let server = Server::start(&fixture).await;
    let source = server.channel("s");
    let mut client = SseClient::get(server.address, "s").await;
    source.send(Ok(Told::Event("step"))).expect("the stream is there");
    client.until("event: step").await;
    client.close_half().await;
    assert!(!client.rest().await, "the response is cut off");
    eventually("the stream ends", || fixture.active() == 0.0).await;
    fixture.assert_one_stream(CloseReason::ClientDisconnect, 1);
}

#[tokio::test]
async fn a_client_that_reads_slowly_slows_the_stream_and_loses_nothing() {
    const EVENTS: usize = 600;
    const BYTES: usize = 64 * 1024;
    let fixture = Fixture::idle_after(STUCK / 2);
    let server = Server::start(&fixture).await;
    let produced = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&produced);
    server.source(
        "s",
        stream::repeat_with(move || {
            count.fetch_add(1, Ordering::Relaxed);
            Ok(Told::Big(BYTES))
        })
        .take(EVENTS),
    );
    let mut client = SseClient::get(server.address, "s").await;
    client.until("event: chunk").await;
    let taken = stuck(|| produced.load(Ordering::Relaxed)).await;
    assert!(taken < EVENTS, "the connection took everything: {taken}");
    assert_eq!(fixture.active(), 1.0, "a slow client is no idle stream");
    assert!(client.rest().await);
    assert_eq!(client.events(), EVENTS);
    fixture.assert_one_stream(CloseReason::Completed, u64::try_from(EVENTS).expect("fits"));
}

#[tokio::test]
async fn a_server_that_shuts_down_ends_its_responses_and_then_itself() {
    let fixture = Fixture::new();
    let server = Server::start(&fixture).await;
    let source = server.channel("s");
    let mut client = SseClient::get(server.address, "s").await;
    source.send(Ok(Told::Event("step"))).expect("the stream is there");
    client.until("event: step").await;
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
        let fixture = Fixture::new();
        let server = Server::start(&fixture).await;
        server.source("s", stream::iter([Ok(Told::Event("step")), item, Ok(Told::Event("step"))]));
        let mut client = SseClient::get(server.address, "s").await;
        assert!(!client.rest().await, "{}", client.text());
        eventually("the stream ends", || fixture.active() == 0.0).await;
        fixture.assert_one_stream(reason, 1);
    }
}

#[tokio::test]
async fn a_source_that_panics_is_an_internal_error() {
    let fixture = Fixture::new();
    let server = Server::start(&fixture).await;
    server.source("s", stream::once(async { panic!("as the test wants it") }));
    let mut client = SseClient::get(server.address, "s").await;
    assert!(!client.rest().await, "{}", client.text());
    eventually("the stream ends", || fixture.active() == 0.0).await;
    fixture.assert_one_stream(CloseReason::InternalError, 0);
}
