//! Which tools a client and a server know by name, and what becomes of the names that a model makes up.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ListToolsResult, PaginatedRequestParams,
    ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::{RequestContext, RunningService};
use rmcp::{ErrorData, RoleServer, ServerHandler, ServiceExt as _};
use telemetry_mcp::Mcp;
use telemetry_mcp::labels::ErrorKind;
use telemetry_mcp::sdk::McpClient;
use telemetry_testkit::{TestTelemetry, eventually};
use tokio::time::timeout;

use crate::fixture::{CLIENT, ERRORS, EXECUTE, Fixture, SERVER, call, propagate};
use crate::handler::Tools;

const INVENTED: usize = 10_000;

/// A server with as many tools as it is told to have by now, listed in pages, which answers a call with a text.
#[derive(Clone, Default)]
struct Growing {
    tools: Arc<AtomicUsize>,
    page: usize,
    listed: Arc<AtomicUsize>,
    /// Whether it says that its tools have changed whenever they are listed.
    restless: bool,
    /// What it says of a call, and that it failed.
    says: Option<&'static str>,
}

impl ServerHandler for Growing {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().enable_tool_list_changed().build())
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let start = request.and_then(|request| request.cursor).map_or(0, |cursor| cursor.parse().expect("our own"));
        let end = self.tools.load(Ordering::SeqCst).min(start + self.page);
        let tool = |number| Tool::new(format!("tool-{number}"), "A tool of a test", serde_json::Map::new());
        let mut page = ListToolsResult::with_all_items((start..end).map(tool).collect());
        page.next_cursor = (end < self.tools.load(Ordering::SeqCst)).then(|| end.to_string());
        self.listed.fetch_add(1, Ordering::SeqCst);
        if self.restless {
            context.peer.notify_tool_list_changed().await.expect("the client is there");
        }
        Ok(page)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let text = |text: &str| vec![ContentBlock::text(text.replace("{}", &request.name))];
        Ok(self
            .says
            .map_or_else(|| CallToolResult::success(text("done")), |says| CallToolResult::error(text(says)))
            .into())
    }
}

async fn joined(fixture: &Fixture, server: Growing) -> (McpClient<()>, RunningService<RoleServer, Growing>) {
    let (near, far) = tokio::io::duplex(64 * 1024);
    let (client, server) = tokio::join!(fixture.mcp.client(CLIENT).serve((), near), server.serve(far));
    (client.expect("the server answers"), server.expect("the client asks"))
}

fn executions(fixture: &Fixture, server: &str, tool: &str) -> f64 {
    fixture.metrics().total(EXECUTE, &[("server_id", server), ("tool_name", tool)])
}

#[tokio::test]
async fn a_listed_tool_has_its_series_after_ten_thousand_invented_ones_in_client_and_server() {
    // Without a subscriber: nobody reads the spans of 30,000 calls.
    propagate();
    let telemetry = TestTelemetry::new();
    let mcp = Mcp::new(telemetry.meter());
    let (near, far) = tokio::io::duplex(64 * 1024);
    let (client, server) = tokio::join!(mcp.client(CLIENT).serve((), near), mcp.server(SERVER).serve(Tools, far));
    let (client, _server) = (client.expect("the server answers"), server.expect("the client asks"));
    for number in 0..INVENTED {
        client.call_tool(call(&format!("before-{number}"), &[])).await.expect_err("there is no such tool");
    }
    client.list_all_tools().await.expect("the server lists its tools");
    for number in 0..INVENTED {
        client.call_tool(call(&format!("after-{number}"), &[])).await.expect_err("there is no such tool");
    }
    client.call_tool(call("echo", &[])).await.expect("it answers");
    for (server, tool, expected) in [
        (CLIENT, "echo", 1),
        (SERVER, "echo", 1),
        // As many as a label may have values, while nobody knew better.
        (CLIENT, "before-99", 1),
        (CLIENT, "_other", INVENTED - 100),
        (CLIENT, "_unknown", INVENTED),
        (SERVER, "_unknown", 2 * INVENTED),
    ] {
        telemetry.assert_total(EXECUTE, &[("server_id", server), ("tool_name", tool)], expected as f64);
    }
}

#[tokio::test]
async fn a_list_in_pages_is_known_at_its_end() {
    let fixture = Fixture::new();
    let server = Growing { page: 2, tools: Arc::new(5.into()), ..Growing::default() };
    let (client, _server) = joined(&fixture, server).await;
    let first = client.list_tools(None).await.expect("it lists them");
    assert!(first.next_cursor.is_some());
    client.call_tool(call("tool-4", &[])).await.expect("it answers");
    client.call_tool(call("made-up-early", &[])).await.expect("it answers to anything");
    client.list_all_tools().await.expect("it lists them");
    client.call_tool(call("tool-3", &[])).await.expect("it answers");
    client.call_tool(call("made-up", &[])).await.expect("it answers to anything");
    for (tool, expected) in
        [("tool-4", 1.0), ("made-up-early", 1.0), ("tool-3", 1.0), ("made-up", 0.0), ("_unknown", 1.0)]
    {
        assert_eq!(executions(&fixture, CLIENT, tool), expected, "{tool}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_tool_that_the_server_adds_is_known_once_it_says_so() {
    let fixture = Fixture::new();
    let server = Growing { page: 2, tools: Arc::new(3.into()), ..Growing::default() };
    let (client, running) = joined(&fixture, server.clone()).await;
    client.list_all_tools().await.expect("it lists them");
    client.call_tool(call("tool-5", &[])).await.expect("it answers to anything");
    assert_eq!(executions(&fixture, CLIENT, "_unknown"), 1.0);
    server.tools.store(7, Ordering::SeqCst);
    running.peer().notify_tool_list_changed().await.expect("the client is there");
    // Two pages at first, and four when the client asks again by itself.
    eventually("the client has listed them again", || server.listed.load(Ordering::SeqCst) == 6).await;
    client.call_tool(call("tool-5", &[])).await.expect("it answers");
    assert_eq!(executions(&fixture, CLIENT, "tool-5"), 1.0);
}

#[tokio::test(start_paused = true)]
async fn a_server_whose_list_changes_whenever_it_is_read_is_not_asked_all_the_time() {
    let fixture = Fixture::new();
    let server = Growing { page: 9, tools: Arc::new(3.into()), restless: true, ..Growing::default() };
    let (client, _running) = joined(&fixture, server.clone()).await;
    for _ in 0..2 {
        client.list_all_tools().await.expect("it lists them");
    }
    timeout(Duration::from_secs(3_600), pending::<()>()).await.expect_err("an hour passes");
    let listed = server.listed.load(Ordering::SeqCst);
    assert!((10..=800).contains(&listed), "{listed} listings in an hour");
}

#[tokio::test(start_paused = true)]
async fn a_client_whose_application_lists_no_tools_asks_for_none() {
    let fixture = Fixture::new();
    let server = Growing { page: 9, tools: Arc::new(3.into()), ..Growing::default() };
    let (client, running) = joined(&fixture, server.clone()).await;
    running.peer().notify_tool_list_changed().await.expect("the client is there");
    client.call_tool(call("tool-1", &[])).await.expect("it answers");
    tokio::time::advance(Duration::from_secs(60)).await;
    client.call_tool(call("tool-1", &[])).await.expect("it answers");
    assert_eq!(server.listed.load(Ordering::SeqCst), 0);
    assert_eq!(executions(&fixture, CLIENT, "tool-1"), 2.0);
}

#[tokio::test]
async fn a_result_that_says_that_there_is_no_such_tool_is_validation() {
    // As servers of Python's, TypeScript's and other SDKs say it.
    let cases = [
        ("Unknown tool: {}", ErrorKind::Validation),
        ("Unknown tool: '{}'", ErrorKind::Validation),
        ("MCP error -32602: Tool {} not found", ErrorKind::Validation),
        ("MCP error -32602: Input validation error: Invalid arguments for tool {}: []", ErrorKind::Validation),
        ("Input validation error: 'path' is a required property", ErrorKind::Validation),
        ("Error executing tool {}: 2 validation errors for {}Arguments\na\n  Input should be", ErrorKind::Validation),
        ("Tool '{}' not found", ErrorKind::Validation),
        ("Error: Tool \"{}\" does not exist.", ErrorKind::Validation),
        ("Tool not found: {}", ErrorKind::Validation),
        ("Error executing tool {}: division by zero", ErrorKind::Execution),
        ("Unknown tool: wrench", ErrorKind::Execution),
        ("Unknown tool", ErrorKind::Execution),
        ("{} found no file of that name", ErrorKind::Execution),
        ("", ErrorKind::Execution),
    ];
    for (number, (says, kind)) in cases.into_iter().enumerate() {
        let fixture = Fixture::new();
        let (client, _server) = joined(&fixture, Growing { says: Some(says), ..Growing::default() }).await;
        let tool = format!("tool-{number}");
        let result = client.call_tool(call(&tool, &[])).await.expect("a result");
        assert_eq!(result.is_error, Some(true));
        fixture.assert_execution(CLIENT, &tool, "error", Some(kind));
    }
}

#[tokio::test]
async fn a_failed_result_of_a_tool_that_the_list_lacks_is_validation() {
    let fixture = Fixture::new();
    let server = Growing { page: 9, tools: Arc::new(1.into()), says: Some("no"), ..Growing::default() };
    let (client, _server) = joined(&fixture, server).await;
    client.list_all_tools().await.expect("it lists them");
    for tool in ["tool-0", "made-up"] {
        client.call_tool(call(tool, &[])).await.expect("a result");
    }
    fixture.assert_execution(CLIENT, "tool-0", "error", Some(ErrorKind::Execution));
    fixture.assert_execution(CLIENT, "_unknown", "error", Some(ErrorKind::Validation));
    fixture.assert_total(ERRORS, &[], 2.0);
}

#[tokio::test]
async fn a_client_that_is_made_anew_knows_what_the_last_one_was_told() {
    let fixture = Fixture::new();
    let (client, server) = fixture.joined().await;
    client.list_all_tools().await.expect("the server lists its tools");
    client.cancel().await.expect("it does not panic");
    server.waiting().await.expect("it does not panic");
    let (near, far) = tokio::io::duplex(64 * 1024);
    let (client, server) = tokio::join!(fixture.mcp.client(CLIENT).serve((), near), Tools.serve(far));
    let (client, _server) = (client.expect("the server answers"), server.expect("the client asks"));
    client.call_tool(call("made-up", &[])).await.expect_err("there is no such tool");
    fixture.assert_execution(CLIENT, "_unknown", "error", Some(ErrorKind::Validation));
}
