//! How the two sides of a WebSocket part: pings that nobody answers, close codes, frames that are none, handlers that
//! return.

use std::time::Duration;

use telemetry_stream::StreamSettings;
use telemetry_stream::labels::CloseReason;
use telemetry_testkit::eventually;
use tokio::time::{Instant, sleep};
use tokio_tungstenite::tungstenite::Message;

use crate::client::SocketClient;
use crate::fixture::Fixture;
use crate::server::{Server, Told};

const PING: Duration = Duration::from_secs(10);

fn pinging() -> Fixture {
    Fixture::with(StreamSettings { ping_interval: PING, ..StreamSettings::default() })
}

async fn ended(fixture: &Fixture) {
    eventually("the stream ends", || fixture.spans().named("stream.connection").len() == 1).await;
}

#[tokio::test(start_paused = true)]
async fn a_client_that_vanishes_without_a_reset_is_noticed_within_two_intervals() {
    for path in ["/ws/s", "/echo"] {
        let fixture = pinging();
        let (server, connect) = Server::in_memory(&fixture);
        let _source = server.channel("s");
        let since = Instant::now();
        let client = SocketClient::over(connect(), path).await;
        // The connection is there, but nobody reads from it.
        while fixture.active() > 0.0 {
            sleep(Duration::from_millis(100)).await;
        }
        let noticed = since.elapsed();
        assert!((2 * PING..2 * PING + Duration::from_secs(1)).contains(&noticed), "{path}: {noticed:?}");
        fixture.assert_one_stream(CloseReason::ClientDisconnect, 0);
        drop(client);
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_takes_nothing_of_a_message_is_gone_after_two_intervals() {
    let fixture = pinging();
    let (server, connect) = Server::in_memory(&fixture);
    server.flood("s", 1_000);
    let since = Instant::now();
    let client = SocketClient::over(connect(), "/ws/s").await;
    while fixture.active() > 0.0 {
        sleep(Duration::from_millis(100)).await;
    }
    let noticed = since.elapsed();
    assert!((2 * PING..2 * PING + Duration::from_secs(1)).contains(&noticed), "{noticed:?}");
    assert_eq!(fixture.closed(CloseReason::ClientDisconnect), 1.0);
    drop(client);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_answers_pings_stays() {
    let fixture = pinging();
    let (server, connect) = Server::in_memory(&fixture);
    let source = server.channel("s");
    let mut client = SocketClient::over(connect(), "/ws/s").await;
    // Whoever reads answers.
    for _ in 0..10 {
        let since = Instant::now();
        assert_eq!(client.ping().await, b"");
        assert!(since.elapsed() <= PING + Duration::from_secs(1), "{:?}", since.elapsed());
    }
    assert_eq!(fixture.active(), 1.0);
    source.send(Ok(Told::Event("step"))).expect("the stream is there");
    client.text().await;
    drop(source);
    assert_eq!(client.until_close().await, (0, Some((1000, "completed".to_owned()))));
    ended(&fixture).await;
    fixture.assert_one_stream(CloseReason::Completed, 1);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_talks_is_not_pinged() {
    let fixture = pinging();
    let (_server, connect) = Server::in_memory(&fixture);
    let mut client = SocketClient::over(connect(), "/echo").await;
    for _ in 0..5 {
        sleep(PING - Duration::from_secs(1)).await;
        client.send(Message::text("one")).await;
        assert_eq!(client.text().await, "one", "and no ping");
    }
}

#[tokio::test(start_paused = true)]
async fn pings_can_be_turned_off() {
    let fixture = Fixture::with(StreamSettings { ping_interval: Duration::ZERO, ..StreamSettings::default() });
    let (server, connect) = Server::in_memory(&fixture);
    let source = server.channel("s");
    let mut client = SocketClient::over(connect(), "/ws/s").await;
    sleep(Duration::from_secs(24 * 3600)).await;
    assert_eq!(fixture.active(), 1.0);
    drop(source);
    assert_eq!(client.until_close().await, (0, Some((1000, "completed".to_owned()))), "and no ping");
}

#[tokio::test]
async fn a_client_that_says_good_bye_is_none_that_was_lost() {
    for (code, reason) in [
        (None, CloseReason::Completed),
        (Some(1000), CloseReason::Completed),
        (Some(1001), CloseReason::Completed),
        (Some(1008), CloseReason::ClientDisconnect),
        (Some(1011), CloseReason::ClientDisconnect),
        (Some(4000), CloseReason::ClientDisconnect),
    ] {
        let fixture = Fixture::new();
        let server = Server::start(&fixture).await;
        let _source = server.channel("s");
        let mut client = SocketClient::connect(server.address, "/ws/s").await;
        client.close(code).await;
        ended(&fixture).await;
        fixture.assert_one_stream(reason, 0);
        let cause = code.filter(|_| reason == CloseReason::ClientDisconnect).map(|code| format!("close code {code}"));
        assert_eq!(fixture.log("stream disconnected").attribute("error_message"), cause.as_deref());
    }
}

#[tokio::test]
async fn a_frame_that_is_none_is_answered_with_its_close_code() {
    // A client's frames are masked, here with zeros.
    let not_masked = b"\x81\x02hi".to_vec();
    let reserved_bits = b"\xf1\x82\0\0\0\0hi".to_vec();
    let unknown_opcode = b"\x83\x82\0\0\0\0hi".to_vec();
    let continues_nothing = b"\x80\x82\0\0\0\0hi".to_vec();
    let long_ping = [&b"\x89\xfe\0\x7e\0\0\0\0"[..], &[b'x'; 126]].concat();
    let no_utf8 = b"\x81\x82\0\0\0\0\xc3\x28".to_vec();
    let no_utf8_in_close = b"\x88\x84\0\0\0\0\x03\xe8\xc3\x28".to_vec();
    let too_big = b"\x82\xff\0\0\0\x01\0\0\0\0\0\0\0\0".to_vec();
    let cases = [
        ("not masked", not_masked, 1002),
        ("reserved bits", reserved_bits, 1002),
        ("unknown opcode", unknown_opcode, 1002),
        ("continues nothing", continues_nothing, 1002),
        ("long ping", long_ping, 1002),
        ("no UTF-8", no_utf8, 1007),
        ("no UTF-8 in close", no_utf8_in_close, 1007),
        ("too big", too_big, 1009),
    ];
    for (what, frame, code) in cases {
        let fixture = Fixture::new();
        let server = Server::start(&fixture).await;
        let _source = server.channel("s");
        let mut client = SocketClient::connect(server.address, "/ws/s").await;
        client.send_raw(&frame).await;
        let (_, close) = client.until_close().await;
        assert_eq!(close.map(|(code, _)| code), Some(code), "{what}");
        ended(&fixture).await;
        fixture.assert_one_stream(CloseReason::ClientDisconnect, 0);
        assert!(fixture.log("stream disconnected").attribute("error_message").is_some(), "{what}");
    }
}

#[tokio::test]
async fn a_handler_that_returns_is_the_servers_end() {
    let fixture = Fixture::new();
    let server = Server::start(&fixture).await;
    let mut client = SocketClient::connect(server.address, "/once").await;
    client.send(Message::text("that is all")).await;
    assert_eq!(client.until_close().await, (0, None), "the server hangs up");
    ended(&fixture).await;
    fixture.assert_one_stream(CloseReason::Completed, 0);
}
