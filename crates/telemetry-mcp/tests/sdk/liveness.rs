//! Whether a server over HTTP is there: its connection counts no longer while it is gone, and again once it is back.

use std::env;
use std::future::pending;
use std::net::Ipv4Addr;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::response::IntoResponse as _;
use http::StatusCode;
use rmcp::model::{ListToolsResult, PaginatedRequestParams};
use rmcp::service::{RequestContext, RunningService};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use rmcp::{ErrorData, RoleClient, RoleServer, ServerHandler, ServiceExt as _};
use rustix::process::{Pid, Signal, kill_process};
use telemetry_mcp::McpSettings;
use telemetry_mcp::labels::{ErrorKind, Network};
use telemetry_mcp::sdk::McpClient;
use telemetry_testkit::eventually;
use tokio::net::{TcpListener, TcpSocket};
use tokio::process::{Child, Command};
use tokio::time::{Instant, timeout};

use crate::fixture::{CLIENT, Fixture, call};
use crate::handler::Tools;

const ROLE: &str = "MCP_TEST_SERVES_HTTP";

/// As fast as the tests want it, where they do not try the default.
const INTERVAL: Duration = Duration::from_millis(200);

/// The server over HTTP, where the process was told to be one.
#[test]
fn serve() {
    let Some(address) = env::var_os(ROLE) else { return };
    let address = address.into_string().expect("an address in text");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let listener = TcpListener::bind(address).await.expect("the port is free");
        let sessions = Arc::new(LocalSessionManager::default());
        let service = StreamableHttpService::new(|| Ok(Tools), sessions, StreamableHttpServerConfig::default());
        axum::serve(listener, Router::new().nest_service("/mcp", service)).await.expect("it serves until it is killed");
    });
}

/// Where a server listens, held for it while it does not, so that no other test is given the port.
struct Place {
    address: String,
    _held: TcpSocket,
}

impl Place {
    fn find() -> Self {
        let socket = TcpSocket::new_v4().expect("the system has files left");
        // With it, another socket may listen there.
        socket.set_reuseaddr(true).expect("it is an option");
        socket.bind((Ipv4Addr::LOCALHOST, 0).into()).expect("a free port");
        Self { address: socket.local_addr().expect("it is bound").to_string(), _held: socket }
    }
}

/// A server in a process of its own, which a test kills.
struct Server {
    place: Place,
    child: Child,
}

impl Server {
    async fn start() -> Self {
        Self::at(Place::find()).await
    }

    async fn at(place: Place) -> Self {
        let mut command = Command::new(env::current_exe().expect("the program has a path"));
        command.args(["--exact", "liveness::serve", "--nocapture"]).env(ROLE, &place.address).kill_on_drop(true);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        let deadline = Instant::now() + Duration::from_secs(20);
        while tokio::net::TcpStream::connect(&place.address).await.is_err() {
            assert!(Instant::now() < deadline, "the server does not listen");
            tokio::task::yield_now().await;
        }
        Self { place, child }
    }

    async fn connect(&self, fixture: &Fixture) -> McpClient<()> {
        let transport = StreamableHttpClientTransport::from_uri(format!("http://{}/mcp", self.place.address));
        fixture.mcp.client(CLIENT).serve((), transport).await.expect("it answers")
    }

    fn signal(&self, signal: Signal) {
        let id = self.child.id().and_then(|id| Pid::from_raw(id.try_into().ok()?)).expect("it runs");
        kill_process(id, signal).expect("it runs");
    }

    /// Kills it, and returns where it listened.
    async fn kill(mut self) -> Place {
        self.child.kill().await.expect("it runs");
        self.place
    }
}

fn fast() -> Fixture {
    Fixture::with(McpSettings { ping_interval: INTERVAL, ..McpSettings::default() })
}

/// Waits until that many connections count, and returns how long it took.
async fn connected(fixture: &Fixture, expected: f64) -> Duration {
    let since = Instant::now();
    eventually(format!("{expected} connections"), || fixture.connections(CLIENT) == expected).await;
    since.elapsed()
}

#[tokio::test]
async fn a_killed_server_is_disconnected_within_ten_seconds_and_connected_once_it_is_back() {
    let fixture = Fixture::new();
    let server = Server::start().await;
    let client = server.connect(&fixture).await;
    client.call_tool(call("echo", &[])).await.expect("it answers");
    assert_eq!(fixture.connections(CLIENT), 1.0);

    let place = server.kill().await;
    let gone = connected(&fixture, 0.0).await;
    assert!(gone < Duration::from_secs(10), "it took {gone:?} with the default settings");
    let lost = fixture.log("MCP server is gone");
    assert_eq!(lost.severity, "WARN");
    lost.assert_attribute("server_id", CLIENT);
    let why = lost.attribute("error_message").unwrap_or_default();
    assert!(why.to_lowercase().contains("connect"), "it says why: {lost}");

    let _server = Server::at(place).await;
    let back = connected(&fixture, 1.0).await;
    assert!(back < Duration::from_secs(10), "it took {back:?}");
    fixture.log("MCP server is back").assert_attribute("server_id", CLIENT);
    client.call_tool(call("parent", &[])).await.expect("it answers");
    client.cancel().await.expect("it does not panic");
    assert_eq!(fixture.connections(CLIENT), 0.0);
}

#[tokio::test]
async fn a_call_that_cannot_reach_the_server_has_it_asked_at_once_and_says_why() {
    let fixture = Fixture::with(McpSettings { ping_interval: Duration::from_secs(3_600), ..McpSettings::default() });
    let server = Server::start().await;
    let client = server.connect(&fixture).await;
    let place = server.kill().await;
    client.call_tool(call("echo", &[])).await.expect_err("nobody listens");
    connected(&fixture, 0.0).await;
    fixture.assert_execution(CLIENT, "echo", "error", Some(ErrorKind::Connection));
    let failed = fixture.log("MCP tool failed");
    let why = failed.attribute("error_message").unwrap_or_default();
    assert!(why.to_lowercase().contains("connection refused"), "the whole chain: {failed}");

    let _server = Server::at(place).await;
    client.call_tool(call("parent", &[])).await.expect("it answers");
    assert_eq!(fixture.connections(CLIENT), 1.0, "a call that is answered tells it as well");
}

#[tokio::test]
async fn a_server_that_says_nothing_any_more_is_disconnected() {
    let fixture = fast();
    let server = Server::start().await;
    let client = server.connect(&fixture).await;
    client.call_tool(call("echo", &[])).await.expect("it answers");
    server.signal(Signal::STOP);
    connected(&fixture, 0.0).await;
    server.signal(Signal::CONT);
    connected(&fixture, 1.0).await;
}

#[tokio::test]
async fn a_server_that_has_no_time_while_it_runs_a_tool_is_there() {
    let fixture = fast();
    let server = Server::start().await;
    let client = server.connect(&fixture).await;
    // It answers no ping while it is stopped, as one whose tools block it.
    let stopped = async {
        tokio::task::yield_now().await;
        server.signal(Signal::STOP);
        assert!(timeout(INTERVAL * 10, connected(&fixture, 0.0)).await.is_err(), "it counts all the time");
        server.signal(Signal::CONT);
    };
    let hanging = client.call_tool_within(call("hang", &[]), INTERVAL * 20);
    let (result, ()) = tokio::join!(hanging, stopped);
    assert!(result.is_err());
    assert_eq!(fixture.connections(CLIENT), 1.0);
}

#[tokio::test]
async fn without_pings_the_calls_tell() {
    let fixture = Fixture::with(McpSettings { ping_interval: Duration::ZERO, ..McpSettings::default() });
    let server = Server::start().await;
    let client = server.connect(&fixture).await;
    let place = server.kill().await;
    assert!(timeout(INTERVAL * 5, connected(&fixture, 0.0)).await.is_err(), "nobody asks");
    client.call_tool(call("echo", &[])).await.expect_err("nobody listens");
    assert_eq!(fixture.connections(CLIENT), 0.0);
    let _server = Server::at(place).await;
    client.call_tool(call("echo", &[])).await.expect("it answers");
    assert_eq!(fixture.connections(CLIENT), 1.0);
}

/// A server that counts pings and listings, and can fall silent.
#[derive(Clone, Default)]
struct Pinged {
    pings: Arc<AtomicUsize>,
    listings: Arc<AtomicUsize>,
    silent: Arc<AtomicBool>,
}

impl ServerHandler for Pinged {
    async fn ping(&self, _: RequestContext<RoleServer>) -> Result<(), ErrorData> {
        self.pings.fetch_add(1, Ordering::SeqCst);
        if self.silent.load(Ordering::SeqCst) {
            pending::<()>().await;
        }
        Ok(())
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        self.listings.fetch_add(1, Ordering::SeqCst);
        Ok(ListToolsResult::default())
    }
}

async fn joined(
    fixture: &Fixture,
    edit: impl FnOnce(telemetry_mcp::sdk::ClientBuilder) -> telemetry_mcp::sdk::ClientBuilder,
    server: &Pinged,
) -> (McpClient<()>, RunningService<RoleServer, Pinged>) {
    let (near, far) = tokio::io::duplex(64 * 1024);
    let client = edit(fixture.mcp.client(CLIENT)).serve((), near);
    let (client, server) = tokio::join!(client, server.clone().serve(far));
    (client.expect("the server answers"), server.expect("the client asks"))
}

async fn passes(time: Duration) {
    timeout(time, pending::<()>()).await.expect_err("nothing but time passes");
}

#[tokio::test(start_paused = true)]
async fn a_server_over_a_pipe_is_pinged_on_request_alone() {
    let hour = Duration::from_secs(3_600);
    for (network, expected) in [(None, 0), (Some(Network::Pipe), 0), (Some(Network::Tcp), 719)] {
        let (fixture, server) = (Fixture::new(), Pinged::default());
        let edit = |client: telemetry_mcp::sdk::ClientBuilder| match network {
            Some(network) => client.network(network),
            None => client,
        };
        let (_client, _running) = joined(&fixture, edit, &server).await;
        passes(hour).await;
        let pings = server.pings.load(Ordering::SeqCst);
        assert!(pings.abs_diff(expected) <= 1, "{network:?}: {pings} pings an hour");
    }
    let (fixture, server) = (Fixture::new(), Pinged::default());
    let (client, _running) = joined(&fixture, |client| client.ping_interval(Duration::from_secs(600)), &server).await;
    passes(hour + Duration::from_secs(1)).await;
    assert_eq!(server.pings.load(Ordering::SeqCst), 6);
    client.cancel().await.expect("it does not panic");
    passes(hour).await;
    assert_eq!(server.pings.load(Ordering::SeqCst), 6, "nobody pings for a client that has ended");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_back_is_asked_for_its_tools_by_who_has_listed_them() {
    for lists in [true, false] {
        let (fixture, server) = (Fixture::new(), Pinged::default());
        let (client, _running) = joined(&fixture, |client| client.network(Network::Tcp), &server).await;
        if lists {
            client.list_all_tools().await.expect("it lists them");
        }
        server.silent.store(true, Ordering::SeqCst);
        connected(&fixture, 0.0).await;
        server.silent.store(false, Ordering::SeqCst);
        connected(&fixture, 1.0).await;
        passes(Duration::from_secs(60)).await;
        assert_eq!(server.listings.load(Ordering::SeqCst), if lists { 2 } else { 0 });
    }
}

#[tokio::test]
async fn a_server_that_refuses_pings_is_there_and_one_behind_a_gateway_is_not() {
    for (status, expected) in
        [(StatusCode::METHOD_NOT_ALLOWED, 1.0), (StatusCode::TOO_MANY_REQUESTS, 1.0), (StatusCode::BAD_GATEWAY, 0.0)]
    {
        let fixture = fast();
        let sessions = Arc::new(LocalSessionManager::default());
        let service = StreamableHttpService::new(|| Ok(Tools), sessions, StreamableHttpServerConfig::default());
        let pings = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&pings);
        // A gateway that answers every ping itself.
        let gateway =
            axum::middleware::from_fn(move |request: axum::extract::Request, next: axum::middleware::Next| {
                let counted = Arc::clone(&counted);
                async move {
                    let (parts, body) = request.into_parts();
                    let body = if parts.method == http::Method::POST {
                        let body = axum::body::to_bytes(body, 1 << 20).await.expect("a body");
                        if body.windows(6).any(|part| part == b"\"ping\"") {
                            counted.fetch_add(1, Ordering::SeqCst);
                            return status.into_response();
                        }
                        axum::body::Body::from(body)
                    } else {
                        body
                    };
                    next.run(axum::extract::Request::from_parts(parts, body)).await
                }
            });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let router = Router::new().nest_service("/mcp", service).layer(gateway);
        let task = tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        let transport = StreamableHttpClientTransport::from_uri(format!("http://{address}/mcp"));
        let _client = fixture.mcp.client(CLIENT).serve((), transport).await.expect("it answers");
        eventually("it is pinged", || pings.load(Ordering::SeqCst) >= 3).await;
        assert_eq!(fixture.connections(CLIENT), expected, "{status}");
        task.abort();
    }
}

#[tokio::test]
async fn a_client_that_is_wrapped_is_looked_after_too() {
    let fixture = fast();
    let server = Server::start().await;
    let builder = fixture.mcp.client(CLIENT).network(Network::Tcp);
    let transport = StreamableHttpClientTransport::from_uri(format!("http://{}/mcp", server.place.address));
    let transport = builder.track(transport);
    let running: RunningService<RoleClient, ()> = ().serve(transport).await.expect("it answers");
    let _client = builder.wrap(running);
    assert_eq!(fixture.connections(CLIENT), 1.0);
    server.kill().await;
    connected(&fixture, 0.0).await;
}
