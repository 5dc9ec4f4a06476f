//! A server that sends what a test says, over sockets or in memory.

use std::collections::HashMap;
use std::convert::Infallible;
use std::fmt::Debug;
use std::future::{Future, pending};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::ws::{Message, WebSocketUpgrade};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::serve::Listener;
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use serde::{Serialize, Serializer};
use telemetry_stream::labels::{CloseReason, StreamKind, Transport};
use telemetry_stream::{EventInfo, Seen, StreamEvent, Streams};
use telemetry_testkit::eventually;
use tokio::io::{DuplexStream, duplex};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::fixture::{EXECUTION, Fixture, PAYLOAD};

/// What a server under test sends.
#[derive(Debug, Clone)]
pub(crate) enum Told {
    /// An event of that type.
    Event(&'static str),
    /// An event of so many bytes.
    Big(usize),
    /// An event that cannot be serialized.
    Unspeakable,
    /// No event.
    Heartbeat,
    /// The last word, which says why it ends.
    Last(CloseReason),
}

impl StreamEvent for Told {
    fn seen(&self) -> Seen<'_> {
        match self {
            Self::Event(event_type) => EventInfo::new(event_type).into(),
            Self::Big(_) | Self::Unspeakable => EventInfo::new("chunk").into(),
            Self::Heartbeat => Seen::Nothing,
            Self::Last(reason) => Seen::End(*reason),
        }
    }
}

impl Serialize for Told {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Event(_) | Self::Heartbeat | Self::Last(_) => serializer.serialize_str(PAYLOAD),
            Self::Big(bytes) => serializer.serialize_str(&"x".repeat(*bytes)),
            Self::Unspeakable => Err(serde::ser::Error::custom("unspeakable")),
        }
    }
}

pub(crate) type Item = Result<Told, &'static str>;
type Sources = Arc<Mutex<HashMap<String, BoxStream<'static, Item>>>>;

/// A server on a loopback port, in the runtime of the test.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) stop: CancellationToken,
    sources: Sources,
    served: JoinHandle<io::Result<()>>,
}

impl Server {
    pub(crate) async fn start(fixture: &Fixture) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a loopback port is free");
        let address = listener.local_addr().expect("a bound listener has an address");
        Self::serve(fixture, listener, address)
    }

    /// One without sockets, and what connects to it: for paused time, which goes on while all wait.
    pub(crate) fn in_memory(fixture: &Fixture) -> (Self, impl Fn() -> DuplexStream + use<>) {
        let (sender, connections) = mpsc::unbounded_channel();
        let connect = move || {
            let (client, server) = duplex(64 * 1024);
            sender.send(server).expect("the server accepts");
            client
        };
        (Self::serve(fixture, InMemory(connections), (Ipv4Addr::LOCALHOST, 0).into()), connect)
    }

    fn serve<L: Listener<Addr: Debug>>(fixture: &Fixture, listener: L, address: SocketAddr) -> Self {
        let stop = CancellationToken::new();
        let sources = Sources::default();
        let streams = fixture.streams.clone().with_shutdown(stop.clone());
        let router = Router::new()
            .route("/sse/{source}", get(follow))
            .route("/ws/{source}", get(join))
            .route("/ws-as/{source}", get(join_as))
            .route("/observed/{source}", get(observed))
            .route("/own/{source}", get(follow_own))
            .route("/echo", get(echo))
            .route("/once", get(once))
            .with_state((streams, Arc::clone(&sources)));
        let server = axum::serve(listener, router).with_graceful_shutdown(stop.clone().cancelled_owned());
        Self { address, stop, sources, served: tokio::spawn(server.into_future()) }
    }

    /// What the next client of that name is sent.
    pub(crate) fn source(&self, name: &str, events: impl futures_util::Stream<Item = Item> + Send + 'static) {
        self.sources.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), events.boxed());
    }

    /// The same, event by event.
    pub(crate) fn channel(&self, name: &str) -> mpsc::UnboundedSender<Item> {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        self.source(name, stream::poll_fn(move |cx| receiver.poll_recv(cx)));
        sender
    }

    /// So many events of 64 KiB, as fast as they are taken, and the count of those that were.
    pub(crate) fn flood(&self, name: &str, events: usize) -> Arc<AtomicUsize> {
        let produced = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&produced);
        let event = move || {
            count.fetch_add(1, Ordering::Relaxed);
            Ok(Told::Big(64 * 1024))
        };
        self.source(name, stream::repeat_with(event).take(events));
        produced
    }

    /// Waits until the server has ended by itself.
    pub(crate) async fn stopped(self) {
        let served = within(self.served).await;
        served.expect("the server does not panic").expect("the server ends well");
    }
}

/// Connections that are no sockets.
struct InMemory(mpsc::UnboundedReceiver<DuplexStream>);

impl Listener for InMemory {
    type Io = DuplexStream;
    type Addr = ();

    async fn accept(&mut self) -> (DuplexStream, ()) {
        match self.0.recv().await {
            Some(connection) => (connection, ()),
            None => pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<()> {
        Ok(())
    }
}

fn take(sources: &Sources, name: &str) -> BoxStream<'static, Item> {
    let taken = sources.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    taken.unwrap_or_else(|| panic!("the test has no source {name}"))
}

async fn follow(State((streams, sources)): State<(Streams, Sources)>, Path(name): Path<String>) -> impl IntoResponse {
    streams.start(StreamKind::Workflow, Transport::Sse, EXECUTION).sse(take(&sources, &name))
}

/// [`follow`] with headers of the application's own.
async fn follow_own(state: State<(Streams, Sources)>, name: Path<String>) -> impl IntoResponse {
    ([("cache-control", "no-store"), ("x-accel-buffering", "yes")], follow(state, name).await)
}

/// A body of the application's own making.
async fn observed(State((streams, sources)): State<(Streams, Sources)>, Path(name): Path<String>) -> Body {
    let events = streams.start(StreamKind::Workflow, Transport::Sse, EXECUTION).observe(take(&sources, &name));
    Body::from_stream(events.map(|event| event.map(|told| format!("{told:?}"))))
}

/// Reads one message and returns.
async fn once(State((streams, _)): State<(Streams, Sources)>, upgrade: WebSocketUpgrade) -> Response {
    let stream = streams.start(StreamKind::Session, Transport::Websocket, EXECUTION);
    upgrade.on_upgrade(async move |socket| {
        stream.websocket(socket).recv().await;
    })
}

async fn join(
    State((streams, sources)): State<(Streams, Sources)>,
    Path(name): Path<String>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let stream = streams.start(StreamKind::Workflow, Transport::Websocket, EXECUTION);
    let source = take(&sources, &name);
    upgrade.on_upgrade(async move |socket| {
        stream.websocket(socket).forward(source).await;
    })
}

/// [`join`] for items that do not tell what they are.
async fn join_as(
    State((streams, sources)): State<(Streams, Sources)>,
    Path(name): Path<String>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let stream = streams.start(StreamKind::Workflow, Transport::Websocket, EXECUTION);
    let source = take(&sources, &name).map(|item| item.map(|told| format!("{told:?}")));
    upgrade.on_upgrade(async move |socket| {
        let write = |text: &String| Ok::<_, Infallible>(Message::text(text.as_str()));
        let socket = stream.websocket(socket);
        socket.forward_as(source, |text| if text == "Heartbeat" { Seen::Nothing } else { "line".into() }, write).await;
    })
}

/// Sends back what it is sent.
async fn echo(State((streams, _)): State<(Streams, Sources)>, upgrade: WebSocketUpgrade) -> Response {
    let stream = streams.start(StreamKind::Session, Transport::Websocket, EXECUTION);
    upgrade.on_upgrade(async move |socket| {
        let mut socket = stream.websocket(socket);
        while let Some(message) = socket.recv().await {
            if message == Message::text("stop") {
                socket.close(CloseReason::Completed).await;
                return;
            }
            if socket.send("echo", message).await.is_err() {
                break;
            }
        }
        // The stream has ended, and says so.
        let refused = socket.send("echo", Message::text("too late")).await;
        assert!(refused.is_err());
    })
}

/// How long a test waits for what happens in its own time.
const PATIENCE: Duration = Duration::from_secs(20);

/// Waits for what happens in its own time, but not for ever.
pub(crate) async fn within<F: Future>(future: F) -> F::Output {
    timeout(PATIENCE, future).await.expect("it happens within the test's patience")
}

/// How long nothing may move before a connection counts as stuck.
pub(crate) const STUCK: Duration = Duration::from_millis(300);

/// Waits until a count stands still, and returns where it stands.
pub(crate) async fn stuck(count: &AtomicUsize) -> usize {
    /// Between two looks the server has its turn: time alone passes also where a busy machine lets nobody work.
    const LOOKS: usize = 30;
    let (mut last, mut since, mut looks) = (count.load(Ordering::Relaxed), Instant::now(), 0);
    eventually("the count stands still", || {
        let now = count.load(Ordering::Relaxed);
        if now != last {
            (last, since, looks) = (now, Instant::now(), 0);
        }
        looks += 1;
        (looks >= LOOKS && since.elapsed() >= STUCK).then_some(last)
    })
    .await
}
