//! Streams behind nginx, with its defaults: what it passes on, when, and whom it takes for gone.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpStream as Probe};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{State, WebSocketUpgrade};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::StreamExt as _;
use futures_util::stream::{BoxStream, poll_fn};
use telemetry_stream::labels::{CloseReason, StreamKind, Transport};
use telemetry_stream::{EventInfo, Seen, StreamEvent, StreamSettings, Streams};
use telemetry_testkit::TestTelemetry;
use telemetry_tests::program::Program;
use telemetry_tests::{Failure, ports};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::time::{sleep, timeout};
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Message;

use crate::report::Report;
use crate::stack::Site;

const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(5);
/// How long nothing may come before it counts as held back.
const HELD_BACK: Duration = Duration::from_millis(1_500);
/// After how long without a byte nginx gives a connection up, here. Its default is a minute.
const READ_TIMEOUT: Duration = Duration::from_secs(2);
const PING: Duration = Duration::from_millis(500);

/// What nginx needs to run in a folder of its own, and `proxy_pass`; all else is its default.
const CONFIGURATION: &str = "\
daemon off;
user root;
pid nginx.pid;
worker_processes 1;
events {}
http {
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    server {
        listen 127.0.0.1:@LISTEN@;
        location / {
            proxy_pass http://127.0.0.1:@SERVER@;
        }
        location /socket {
            proxy_pass http://127.0.0.1:@SERVER@;
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection upgrade;
            proxy_read_timeout @TIMEOUT@s;
        }
    }
}
";

pub(crate) fn run(site: &Site, report: &mut Report) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let [port] = ports::free()?;
    let telemetry = TestTelemetry::new();
    let settings = StreamSettings { ping_interval: PING, ..StreamSettings::default() };
    let streams = Streams::with_settings(telemetry.meter(), settings)?;
    let board = Board { telemetry, streams, events: Arc::default(), proxy: (Ipv4Addr::LOCALHOST, port).into() };
    let server = runtime.block_on(board.serve())?;
    let nginx = start_nginx(site, port, server)?;
    runtime.block_on(async {
        report.check("nginx passes events on one by one", board.one_by_one().await);
        report.check("it would not without our header", board.held_back().await);
        report.check("what came before an error arrives", board.before_an_error().await);
        report.check("a client that leaves nginx is noticed", board.left().await);
        report.check("pings keep nginx from giving an idle socket up", board.kept().await);
    });
    drop(runtime);
    report.check("nginx ends when asked", nginx.stop(PATIENCE));
    Ok(())
}

fn start_nginx(site: &Site, port: u16, server: SocketAddr) -> Result<Program, Failure> {
    let configuration = CONFIGURATION
        .replace("@LISTEN@", &port.to_string())
        .replace("@SERVER@", &server.port().to_string())
        .replace("@TIMEOUT@", &READ_TIMEOUT.as_secs().to_string());
    fs::write(site.folder.join("nginx.conf"), configuration)?;
    let mut command = Command::new(site.tools.join("nginx"));
    command.arg("-p").arg(&site.folder).args(["-e", "stderr", "-c", "nginx.conf"]);
    let mut nginx = Program::start("nginx", &mut command, &site.folder)?;
    nginx.wait_ready(PATIENCE, || Ok(Probe::connect((Ipv4Addr::LOCALHOST, port)).map(drop)?))?;
    Ok(nginx)
}

type Item = Result<String, &'static str>;

/// A server of streams behind nginx, and what it recorded.
struct Board {
    telemetry: TestTelemetry,
    streams: Streams,
    /// The events of the next stream.
    events: Arc<Mutex<Option<BoxStream<'static, Item>>>>,
    proxy: SocketAddr,
}

#[derive(Clone)]
struct Served {
    streams: Streams,
    events: Arc<Mutex<Option<BoxStream<'static, Item>>>>,
}

impl Served {
    fn events(&self) -> BoxStream<'static, Item> {
        let events = self.events.lock().unwrap_or_else(PoisonError::into_inner).take();
        events.unwrap_or_else(|| futures_util::stream::empty().boxed())
    }
}

async fn follow(State(served): State<Served>) -> impl IntoResponse {
    let stream = served.streams.start(StreamKind::Workflow, Transport::Sse, "exec-17");
    let write = |text: &Text| Ok::<_, axum::Error>(axum::response::sse::Event::default().data(&text.0));
    stream.sse_with(served.events().map(|item| item.map(Text)), write)
}

async fn follow_buffered(served: State<Served>) -> impl IntoResponse {
    ([("x-accel-buffering", "yes")], follow(served).await)
}

async fn join(State(served): State<Served>, upgrade: WebSocketUpgrade) -> Response {
    let stream = served.streams.start(StreamKind::Session, Transport::Websocket, "exec-17");
    upgrade.on_upgrade(async move |socket| {
        let events = served.events().map(|item| item.map(|text| serde_json::json!({ "type": "step", "text": text })));
        stream.websocket(socket).forward(events).await;
    })
}

struct Text(String);

impl StreamEvent for Text {
    fn seen(&self) -> Seen<'_> {
        EventInfo::new("step").into()
    }
}

impl Board {
    async fn serve(&self) -> Result<SocketAddr, Failure> {
        let served = Served { streams: self.streams.clone(), events: Arc::clone(&self.events) };
        let router = Router::new()
            .route("/events", get(follow))
            .route("/buffered", get(follow_buffered))
            .route("/socket", get(join))
            .with_state(served);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(address)
    }

    /// What the next stream sends, event by event.
    fn source(&self) -> UnboundedSender<Item> {
        let (sender, mut receiver) = unbounded_channel();
        let events = poll_fn(move |cx| receiver.poll_recv(cx)).boxed();
        *self.events.lock().unwrap_or_else(PoisonError::into_inner) = Some(events);
        sender
    }

    async fn one_by_one(&self) -> Result<(), Failure> {
        let source = self.source();
        let mut client = Client::get(self.proxy, "/events").await?;
        for number in 0..5 {
            let event = format!("event {number}");
            source.send(Ok(event.clone()))?;
            // The next one is sent once this one is there.
            client.until(&event).await?;
        }
        drop(source);
        client.rest().await?;
        self.ended(CloseReason::Completed, 1).await
    }

    async fn held_back(&self) -> Result<(), Failure> {
        let source = self.source();
        let mut client = Client::get(self.proxy, "/buffered").await?;
        source.send(Ok("event 0".to_owned()))?;
        if timeout(HELD_BACK, client.until("event 0")).await.is_ok() {
            return Err("the event came through: this shows nothing".into());
        }
        drop(source);
        client.until("event 0").await?;
        self.ended(CloseReason::Completed, 2).await
    }

    async fn before_an_error(&self) -> Result<(), Failure> {
        let source = self.source();
        for item in [Ok("event 0".to_owned()), Ok("event 1".to_owned()), Err("the store is gone")] {
            source.send(item)?;
        }
        let mut client = Client::get(self.proxy, "/events").await?;
        client.rest().await?;
        if !client.text.contains("event 0") || !client.text.contains("event 1") {
            return Err(format!("what came is {:?}", client.text).into());
        }
        self.ended(CloseReason::UpstreamError, 1).await
    }

    async fn left(&self) -> Result<(), Failure> {
        let source = self.source();
        let mut client = Client::get(self.proxy, "/events").await?;
        source.send(Ok("event 0".to_owned()))?;
        client.until("event 0").await?;
        drop(client);
        self.ended(CloseReason::ClientDisconnect, 1).await
    }

    async fn kept(&self) -> Result<(), Failure> {
        let source = self.source();
        let stream = TcpStream::connect(self.proxy).await?;
        let (mut socket, _) = client_async(format!("ws://{}/socket", self.proxy), stream).await?;
        let begun = Instant::now();
        while begun.elapsed() < 2 * READ_TIMEOUT {
            match timeout(PATIENCE, socket.next()).await? {
                // Reading on answers it.
                Some(Ok(Message::Ping(_))) => {}
                other => return Err(format!("no ping but {other:?} after {:?}", begun.elapsed()).into()),
            }
        }
        source.send(Ok("event 0".to_owned()))?;
        loop {
            match timeout(PATIENCE, socket.next()).await? {
                Some(Ok(Message::Text(_))) => break,
                Some(Ok(Message::Ping(_))) => {}
                other => return Err(format!("no event but {other:?}").into()),
            }
        }
        socket.close(None).await?;
        while let Some(Ok(_)) = socket.next().await {}
        self.ended(CloseReason::Completed, 3).await
    }

    /// Waits until as many streams have ended for that reason.
    async fn ended(&self, reason: CloseReason, times: u32) -> Result<(), Failure> {
        let label = telemetry_core::Label::as_str(reason);
        let ended = || self.telemetry.metrics().total("stream_disconnects_total", &[("reason", label)]);
        let begun = Instant::now();
        while ended() != f64::from(times) {
            if begun.elapsed() > PATIENCE {
                return Err(format!("{} streams ended as {label}, and not {times}", ended()).into());
            }
            sleep(PAUSE).await;
        }
        Ok(())
    }
}

/// A client of HTTP/1.1 that reads what comes.
struct Client {
    stream: TcpStream,
    text: String,
}

impl Client {
    async fn get(server: SocketAddr, path: &str) -> Result<Self, Failure> {
        let mut stream = TcpStream::connect(server).await?;
        let request = format!("GET {path} HTTP/1.1\r\nHost: board\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        Ok(Self { stream, text: String::new() })
    }

    async fn read(&mut self) -> Result<usize, Failure> {
        let mut part = [0; 4096];
        let length = timeout(PATIENCE, self.stream.read(&mut part)).await??;
        self.text.push_str(&String::from_utf8_lossy(&part[..length]));
        Ok(length)
    }

    async fn until(&mut self, text: &str) -> Result<(), Failure> {
        while !self.text.contains(text) {
            if self.read().await? == 0 {
                return Err(format!("the response ended before {text:?}: {:?}", self.text).into());
            }
        }
        Ok(())
    }

    async fn rest(&mut self) -> Result<(), Failure> {
        while self.read().await? > 0 {}
        Ok(())
    }
}
