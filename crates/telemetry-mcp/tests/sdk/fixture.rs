//! A client and a server of the SDK, joined in memory and recorded.

use std::ops::Deref;
use std::sync::Once;

use opentelemetry::global;
use opentelemetry::trace::SpanKind;
use rmcp::RoleServer;
use rmcp::model::{CallToolRequestParams, JsonObject};
use rmcp::service::RunningService;
use serde_json::Value;
use telemetry_core::Label;
use telemetry_core::propagation::StrictPropagator;
use telemetry_mcp::labels::ErrorKind;
use telemetry_mcp::sdk::{McpClient, McpServer};
use telemetry_mcp::{Mcp, McpSettings};
use telemetry_testkit::{EnteredTelemetry, SpanEntry, TestTelemetry, eventually};

use crate::handler::Tools;

pub(crate) const EXECUTE: &str = "mcp_tool_execute_seconds";
pub(crate) const ERRORS: &str = "mcp_tool_errors_total";
pub(crate) const CONNECTIONS: &str = "mcp_server_connections_active";

/// As which each side measures, so that the two can be told apart within one process.
pub(crate) const CLIENT: &str = "at-client";
pub(crate) const SERVER: &str = "at-server";

/// Telemetry in memory for this thread, MCP recorded by it, and context that travels.
pub(crate) struct Fixture {
    pub(crate) mcp: Mcp,
    telemetry: EnteredTelemetry,
}

pub(crate) type Server = RunningService<RoleServer, McpServer<Tools>>;

impl Fixture {
    pub(crate) fn new() -> Self {
        Self::with(McpSettings::default())
    }

    pub(crate) fn with(settings: McpSettings) -> Self {
        propagate();
        let telemetry = TestTelemetry::builder().with_tokio_time().entered();
        let mcp = Mcp::with_settings(telemetry.meter(), settings).expect("sound settings");
        Self { mcp, telemetry }
    }

    /// A client and a server, joined in memory.
    pub(crate) async fn joined(&self) -> (McpClient<()>, Server) {
        let (near, far) = tokio::io::duplex(64 * 1024);
        let (client, server) =
            tokio::join!(self.mcp.client(CLIENT).serve((), near), self.mcp.server(SERVER).serve(Tools, far));
        (client.expect("the server answers"), server.expect("the client asks"))
    }

    pub(crate) fn connections(&self, server: &str) -> f64 {
        self.metrics().up_down_counter(CONNECTIONS, &[("server_id", server)])
    }

    /// Whether the last connection to it was lost, and not closed.
    pub(crate) fn is_lost(&self, server: &str) -> bool {
        self.metrics().gauge("mcp_server_connection_lost", &[("server_id", server)]) == 1.0
    }

    /// Waits until there is no connection.
    #[track_caller]
    pub(crate) fn disconnected(&self, server: &str) -> impl Future<Output = ()> {
        eventually(format!("{server} is disconnected"), move || self.connections(server) == 0.0)
    }

    /// The one span of a tool at one side.
    #[track_caller]
    pub(crate) fn span_of(&self, tool: &str, kind: SpanKind) -> SpanEntry {
        let spans = self.spans();
        let mut found = spans.iter().filter(|span| span.attribute("tool_name") == Some(tool) && span.kind == kind);
        let span = found.next().unwrap_or_else(|| panic!("no {kind:?} span of {tool}\n{spans}"));
        assert!(found.next().is_none(), "several {kind:?} spans of {tool}\n{spans}");
        span.clone()
    }

    /// Asserts that one side executed the tool once, with this outcome and this error.
    #[track_caller]
    pub(crate) fn assert_execution(&self, server: &str, tool: &str, outcome: &str, kind: Option<ErrorKind>) {
        let metrics = self.metrics();
        let id = [("server_id", server), ("tool_name", tool)];
        metrics.assert_histogram_count(EXECUTE, &[id[0], id[1], ("outcome", outcome)], 1);
        metrics.assert_total(EXECUTE, &id, 1.0);
        metrics.assert_total(ERRORS, &id, f64::from(u8::from(kind.is_some())));
        if let Some(kind) = kind {
            metrics.assert_counter(ERRORS, &[id[0], id[1], ("error_kind", kind.as_str())], 1.0);
        }
    }
}

impl Deref for Fixture {
    type Target = TestTelemetry;

    fn deref(&self) -> &TestTelemetry {
        &self.telemetry
    }
}

/// Makes context travel, as `Telemetry` does for a process.
pub(crate) fn propagate() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| global::set_text_map_propagator(StrictPropagator::default()));
}

/// A call with text arguments.
pub(crate) fn call(tool: &str, arguments: &[(&str, &str)]) -> CallToolRequestParams {
    let arguments: JsonObject =
        arguments.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))).collect();
    CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments)
}

/// The text of a result.
pub(crate) fn text(result: &rmcp::model::CallToolResult) -> &str {
    &result.content.first().and_then(|content| content.as_text()).expect("a text").text
}
