//! Many streams at once over real sockets, and how they all end.

use std::collections::BTreeMap;

use fastrand::Rng;
use telemetry_core::Label as _;
use telemetry_stream::labels::CloseReason;
use telemetry_testkit::eventually;
use tokio::sync::mpsc;

use crate::client::{SocketClient, SseClient};
use crate::fixture::{Fixture, NAMES};
use crate::server::{Item, Server, Told};

const STREAMS: usize = 1_000;
const SEED: u64 = 17;

enum Client {
    Sse(SseClient),
    Socket(SocketClient),
}

/// A client, and what feeds its stream.
struct Connection {
    client: Client,
    source: mpsc::UnboundedSender<Item>,
}

impl Connection {
    async fn open(server: &Server, number: usize) -> Self {
        let name = format!("s{number}");
        let source = server.channel(&name);
        source.send(Ok(Told::Event("step"))).expect("the stream is there");
        let client = if number.is_multiple_of(2) {
            let mut client = SseClient::get(server.address, &name).await;
            client.until("event: step").await;
            Client::Sse(client)
        } else {
            let mut client = SocketClient::connect(server.address, &format!("/ws/{name}")).await;
            client.text().await;
            Client::Socket(client)
        };
        Self { client, source }
    }

    /// Ends the stream in one of the ways that a stream ends in, and tells how.
    async fn tear_down(self, way: u8) -> (CloseReason, Option<mpsc::UnboundedSender<Item>>) {
        match (way, self.client) {
            (0, Client::Sse(client)) => client.vanish(),
            (0, Client::Socket(client)) => client.vanish(),
            (1, Client::Sse(mut client)) => {
                client.close_half().await;
                client.rest().await;
            }
            (1, Client::Socket(mut client)) => {
                client.close_half().await;
                client.until_close().await;
            }
            (2, Client::Sse(client)) => drop(client),
            (2, Client::Socket(mut client)) => {
                client.close(None).await;
                return (CloseReason::Completed, Some(self.source));
            }
            (3, client) => {
                drop(self.source);
                await_end(client).await;
                return (CloseReason::Completed, None);
            }
            (_, client) => {
                self.source.send(Err("the store is gone")).expect("the stream is there");
                await_end(client).await;
                return (CloseReason::UpstreamError, None);
            }
        }
        // Without its source, the stream would be complete before the client is missed.
        (CloseReason::ClientDisconnect, Some(self.source))
    }
}

async fn await_end(client: Client) {
    match client {
        Client::Sse(mut client) => drop(client.rest().await),
        Client::Socket(mut client) => drop(client.until_close().await),
    }
}

#[tokio::test]
async fn a_thousand_streams_torn_down_in_random_order_leave_none_open() {
    let fixture = Fixture::new();
    let server = Server::start(&fixture).await;
    let mut open = Vec::with_capacity(STREAMS);
    for number in 0..STREAMS {
        open.push(Connection::open(&server, number).await);
    }
    assert_eq!(fixture.active(), STREAMS as f64);
    let by_transport = |transport| fixture.metrics().up_down_counter(NAMES.connections, &[("type", transport)]);
    assert_eq!((by_transport("sse"), by_transport("websocket")), (500.0, 500.0));

    let mut random = Rng::with_seed(SEED);
    random.shuffle(&mut open);
    let mut ends: BTreeMap<&str, f64> = BTreeMap::new();
    let mut sources = Vec::new();
    for connection in open {
        let (reason, source) = connection.tear_down(random.u8(0..5)).await;
        sources.extend(source);
        *ends.entry(reason.as_str()).or_default() += 1.0;
    }
    eventually("all streams end", || fixture.active() == 0.0).await;

    let metrics = fixture.metrics();
    for series in metrics.matching(NAMES.active, &[]).into_iter().chain(metrics.matching(NAMES.connections, &[])) {
        assert_eq!(series.number(), Some(0.0), "{metrics}");
    }
    assert_eq!(ends.len(), 3, "each way was taken: {ends:?}");
    for (reason, count) in ends {
        assert_eq!(metrics.total(NAMES.disconnects, &[("reason", reason)]), count, "{reason}\n{metrics}");
    }
    assert_eq!(metrics.total(NAMES.duration, &[]), STREAMS as f64);
    assert_eq!(metrics.total(NAMES.events, &[]), STREAMS as f64);
}
