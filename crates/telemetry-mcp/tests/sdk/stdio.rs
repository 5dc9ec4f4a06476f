//! The server as a child process: this very program, told to serve.

use std::env;
use std::process::Stdio;

use opentelemetry::trace::SpanKind;
use rmcp::transport::{TokioChildProcess, stdio};
use rmcp::{ServiceError, ServiceExt};
use rustix::process::{Pid, Signal, kill_process};
use telemetry_mcp::labels::{ErrorKind, Network};
use telemetry_mcp::sdk::McpClient;
use telemetry_testkit::eventually;
use tokio::process::Command;

use crate::fixture::{CLIENT, Fixture, call, text};
use crate::handler::Tools;

const ROLE: &str = "MCP_TEST_SERVES";

/// The server, where the process was told to be one. What the test harness prints besides, the SDK takes for noise.
#[test]
fn serve() {
    if env::var_os(ROLE).is_none() {
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let server = Tools.serve(stdio()).await.expect("the client asks");
        let _ = server.waiting().await;
    });
}

/// A client of a child process, and the child's id.
async fn connect(fixture: &Fixture) -> (McpClient<()>, Pid) {
    let mut command = Command::new(env::current_exe().expect("the program has a path"));
    command.args(["--exact", "stdio::serve", "--nocapture"]).env(ROLE, "1");
    let (child, _) = TokioChildProcess::builder(command).stderr(Stdio::null()).spawn().expect("it starts");
    let id = child.id().and_then(|id| Pid::from_raw(id.try_into().ok()?)).expect("it runs");
    let client = fixture.mcp.client(CLIENT).network(Network::Pipe).serve((), child).await;
    (client.expect("the child answers"), id)
}

#[tokio::test]
async fn a_child_process_is_called_and_carries_the_context() {
    let fixture = Fixture::new();
    let (client, _) = connect(&fixture).await;
    assert_eq!(fixture.connections(CLIENT), 1.0);
    let result = client.call_tool(call("parent", &[])).await.expect("it answers");
    let span = fixture.span_of("parent", SpanKind::Client);
    assert_eq!(text(&result), format!("00-{}-{}-03", span.trace_id, span.span_id));
    span.assert_attribute("network.transport", "pipe");
    fixture.assert_execution(CLIENT, "parent", "success", None);
    client.cancel().await.expect("it does not panic");
    assert_eq!(fixture.connections(CLIENT), 0.0);
    assert!(!fixture.is_lost(CLIENT), "it was closed");
}

#[tokio::test]
async fn a_child_that_is_killed_in_the_middle_of_a_call_is_a_failed_connection() {
    let fixture = Fixture::new();
    let (client, child) = connect(&fixture).await;
    let folder = tempfile::tempdir().expect("a folder");
    let started = folder.path().join("started");
    let path = started.to_str().expect("a path in text").to_owned();
    let kill = async {
        eventually("the tool runs", || started.exists()).await;
        assert_eq!(fixture.connections(CLIENT), 1.0);
        kill_process(child, Signal::KILL).expect("it runs");
    };
    let (result, ()) = tokio::join!(client.call_tool(call("hang", &[("started", &path)])), kill);
    assert!(matches!(result, Err(ServiceError::TransportClosed)), "{result:?}");
    fixture.assert_execution(CLIENT, "hang", "error", Some(ErrorKind::Connection));
    fixture.span_of("hang", SpanKind::Client).assert_attribute("error.type", "connection");
    fixture.disconnected(CLIENT).await;
    assert!(fixture.is_lost(CLIENT));

    // What comes after fails at once, and the same way.
    let result = client.call_tool(call("echo", &[])).await;
    assert!(matches!(result, Err(ServiceError::TransportClosed)), "{result:?}");
    fixture.assert_execution(CLIENT, "echo", "error", Some(ErrorKind::Connection));
    assert_eq!(fixture.connections(CLIENT), 0.0);
}
