//! WebSockets over real sockets.

use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use telemetry_stream::StreamSettings;
use telemetry_stream::labels::CloseReason;
use telemetry_testkit::eventually;
use tokio::time::{Instant, advance, interval_at};
use tokio_tungstenite::tungstenite::Message;

use crate::client::SocketClient;
use crate::fixture::{Fixture, GONE, NAMES, PAYLOAD};
use crate::server::{Item, Server, Told, stuck};

/// Waits until the stream's span has ended, which is the last thing that it does.
async fn ended(fixture: &Fixture) {
    eventually("the stream ends", || fixture.spans().named("stream.connection").len() == 1).await;
}

#[tokio::test]
async fn every_end_from_here_is_told_to_the_client() {
    let step = || Ok(Told::Event("step"));
    let ends: [(Vec<Item>, CloseReason, u16); 4] = [
        (vec![step(), Ok(Told::Last(CloseReason::Timeout)), step()], CloseReason::Timeout, 1013),
        (vec![step(), Ok(Told::Heartbeat)], CloseReason::Completed, 1000),
        (vec![step(), Ok(Told::Heartbeat), Err(GONE), step()], CloseReason::UpstreamError, 1011),
        (vec![step(), Ok(Told::Heartbeat), Ok(Told::Unspeakable), step()], CloseReason::SerializationError, 1011),
    ];
    for (items, reason, code) in ends {
        let fixture = Fixture::new();
        let server = Server::start(&fixture).await;
        server.source("s", stream::iter(items));
        let mut client = SocketClient::connect(server.address, "/ws/s").await;
        let (messages, close) = client.until_close().await;
        assert_eq!(messages, 2);
        assert_eq!(close, Some((code, telemetry_core::Label::as_str(reason).to_owned())));
        ended(&fixture).await;
        fixture.assert_one_stream(reason, 1);
        match reason {
            CloseReason::UpstreamError => fixture.assert_cause(GONE),
            CloseReason::SerializationError => fixture.assert_cause("unspeakable"),
            _ => {}
        }
    }
}

#[tokio::test]
async fn items_of_any_type_can_be_sent() {
    let fixture = Fixture::new();
    let server = Server::start(&fixture).await;
    server.source("s", stream::iter([Ok(Told::Event("step")), Ok(Told::Heartbeat), Ok(Told::Event("turn"))]));
    let mut client = SocketClient::connect(server.address, "/ws-as/s").await;
    for expected in ["Event(\"step\")", "Heartbeat", "Event(\"turn\")"] {
        assert_eq!(client.text().await, expected);
    }
    assert_eq!(client.until_close().await, (0, Some((1000, "completed".to_owned()))));
    ended(&fixture).await;
    fixture.assert_one_stream(CloseReason::Completed, 2);
    fixture.metrics().assert_counter(NAMES.all_events, &[("event_type", "line")], 2.0);
}

#[tokio::test]
async fn a_client_that_goes_is_noticed_however_it_goes() {
    let ways = ["closes as if it had failed", "vanishes", "leaves", "closes its half"];
    for way in ways {
        let fixture = Fixture::new();
        let server = Server::start(&fixture).await;
        let source = server.channel("s");
        let mut client = SocketClient::connect(server.address, "/ws/s").await;
        source.send(Ok(Told::Event("step"))).expect("the stream is there");
        assert_eq!(client.text().await, format!("{PAYLOAD:?}"));
        assert_eq!(fixture.active(), 1.0);
        match way {
            "closes as if it had failed" => client.close(Some(4000)).await,
            "vanishes" => client.vanish(),
            "leaves" => drop(client),
            _ => {
                client.close_half().await;
                assert_eq!(client.until_close().await, (0, None), "the server hangs up");
            }
        }
        ended(&fixture).await;
        fixture.assert_one_stream(CloseReason::ClientDisconnect, 1);
    }
}

#[tokio::test]
async fn a_client_that_does_not_read_times_out_if_there_is_a_limit() {
    let fixture = Fixture::idle_after(Duration::from_secs(1));
    let server = Server::start(&fixture).await;
    server.source("s", stream::repeat_with(|| Ok(Told::Big(64 * 1024))));
    let client = SocketClient::connect(server.address, "/ws/s").await;
    eventually("the stream ends", || fixture.closed(CloseReason::Timeout) == 1.0).await;
    assert_eq!(fixture.active(), 0.0);
    assert!(fixture.total(NAMES.events, &[]) >= 1.0);
    drop(client);
}

#[tokio::test]
async fn a_client_that_reads_slowly_slows_the_stream_and_loses_nothing() {
    const EVENTS: usize = 600;
    let fixture = Fixture::new();
    let server = Server::start(&fixture).await;
    let produced = server.flood("s", EVENTS);
    let mut client = SocketClient::connect(server.address, "/ws/s").await;
    let taken = stuck(&produced).await;
    assert!(taken < EVENTS, "the connection took everything: {taken}");
    assert_eq!(fixture.active(), 1.0, "a slow client is still there");
    assert_eq!(client.until_close().await, (EVENTS, Some((1000, "completed".to_owned()))));
    ended(&fixture).await;
    fixture.assert_one_stream(CloseReason::Completed, u64::try_from(EVENTS).expect("fits"));
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_waits_too_long_times_out() {
    let fixture = Fixture::idle_after(Duration::from_secs(10));
    let (server, connect) = Server::in_memory(&fixture);
    let source = server.channel("s");
    let mut client = SocketClient::over(connect(), "/ws/s").await;
    advance(Duration::from_secs(9)).await;
    source.send(Ok(Told::Event("step"))).expect("the stream is there");
    assert_eq!(client.until_close().await, (1, Some((1013, "timeout".to_owned()))));
    ended(&fixture).await;
    fixture.assert_one_stream(CloseReason::Timeout, 1);
    let sum = fixture.metrics().histogram(NAMES.duration, &[]).sum;
    assert!((19.0..19.1).contains(&sum), "{sum}");
}

#[tokio::test(start_paused = true)]
async fn heartbeats_keep_a_stream_from_timing_out() {
    const BEAT: Duration = Duration::from_secs(3);
    let fixture = Fixture::idle_after(Duration::from_secs(4));
    let (server, connect) = Server::in_memory(&fixture);
    let beats = stream::unfold(interval_at(Instant::now() + BEAT, BEAT), |mut beat| async {
        beat.tick().await;
        Some((Ok(Told::Heartbeat), beat))
    });
    server.source("s", beats.take(5));
    let mut client = SocketClient::over(connect(), "/ws/s").await;
    assert_eq!(client.until_close().await, (5, Some((1000, "completed".to_owned()))));
    ended(&fixture).await;
    fixture.assert_one_stream(CloseReason::Completed, 0);
}

#[tokio::test]
async fn a_source_that_panics_is_an_internal_error() {
    let fixture = Fixture::new();
    let server = Server::start(&fixture).await;
    server.source("s", stream::once(async { panic!("as the test wants it") }));
    let mut client = SocketClient::connect(server.address, "/ws/s").await;
    assert_eq!(client.until_close().await, (0, None), "the server hangs up");
    ended(&fixture).await;
    fixture.assert_panicked(0);
}

#[tokio::test]
async fn a_server_that_shuts_down_says_so() {
    let fixture = Fixture::new();
    let server = Server::start(&fixture).await;
    let _source = server.channel("s");
    let mut client = SocketClient::connect(server.address, "/ws/s").await;
    server.stop.cancel();
    assert_eq!(client.until_close().await, (0, Some((1001, "server_shutdown".to_owned()))));
    server.stopped().await;
    assert_eq!(fixture.closed(CloseReason::ServerShutdown), 1.0);
}

#[tokio::test]
async fn a_client_that_does_not_say_good_bye_is_not_waited_for() {
    let fixture = Fixture::new();
    let server = Server::start(&fixture).await;
    let _source = server.channel("s");
    let client = SocketClient::connect(server.address, "/ws/s").await;
    server.stop.cancel();
    // It reads nothing, so it answers nothing.
    ended(&fixture).await;
    assert_eq!(fixture.closed(CloseReason::ServerShutdown), 1.0);
    drop(client);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_answer_is_waited_for_as_long_as_the_settings_say() {
    let close_timeout = Duration::from_secs(3);
    let fixture = Fixture::with(StreamSettings { close_timeout, ..StreamSettings::default() });
    let (server, connect) = Server::in_memory(&fixture);
    server.source("s", stream::empty());
    let mut client = SocketClient::over(connect(), "/ws/s").await;
    let told = Instant::now();
    client.hung_up_on().await;
    let waited = told.elapsed();
    assert!((close_timeout..close_timeout * 2).contains(&waited), "{waited:?}");
    // That is not the stream's time.
    fixture.assert_one_stream(CloseReason::Completed, 0);
    assert!(fixture.metrics().histogram(NAMES.duration, &[]).sum < close_timeout.as_secs_f64());
}

#[tokio::test]
async fn a_socket_goes_both_ways() {
    let fixture = Fixture::new();
    let server = Server::start(&fixture).await;
    let mut client = SocketClient::connect(server.address, "/echo").await;
    for text in ["one", "two"] {
        client.send(Message::text(text)).await;
        assert_eq!(client.text().await, text);
    }
    client.send(Message::Ping("are you there".into())).await;
    assert_eq!(client.pong().await, b"are you there");
    client.send(Message::text("stop")).await;
    assert_eq!(client.until_close().await, (0, Some((1000, "completed".to_owned()))));
    ended(&fixture).await;
    fixture.assert_one_stream(CloseReason::Completed, 2);
    fixture.assert_counter(NAMES.events, &[("kind", "session"), ("event_type", "echo")], 2.0);
}

#[tokio::test]
async fn nothing_is_sent_on_a_stream_that_has_ended() {
    let fixture = Fixture::new();
    let server = Server::start(&fixture).await;
    let mut client = SocketClient::connect(server.address, "/echo").await;
    client.send(Message::text("one")).await;
    assert_eq!(client.text().await, "one");
    client.close(None).await;
    // The handler checks that it is refused; a panic there would be an internal error.
    ended(&fixture).await;
    fixture.assert_one_stream(CloseReason::Completed, 1);
}
