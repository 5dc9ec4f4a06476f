//! A client and a server of the official SDK, joined in memory: both measured, in one trace.
#![expect(clippy::print_stdout, reason = "it shows what was recorded")]

use std::error::Error;

use rmcp::model::{
    CallToolRequestMethod, CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ListToolsResult,
    PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler};
use telemetry_core::propagation::StrictPropagator;
use telemetry_mcp::Mcp;
use telemetry_mcp::labels::Network;
use telemetry_testkit::TestTelemetry;

/// A server with two tools, as it is without telemetry.
struct Issues;

impl ServerHandler for Issues {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let tool = |name| Tool::new(name, "A tool of an example", serde_json::Map::new());
        Ok(ListToolsResult::with_all_items(["search_issues", "close_issue"].map(tool).to_vec()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let said = |text: &str| vec![ContentBlock::text(text)];
        match &*request.name {
            "search_issues" => Ok(CallToolResult::success(said("3 issues")).into()),
            "close_issue" => Ok(CallToolResult::error(said("it is closed already")).into()),
            _ => Err(ErrorData::method_not_found::<CallToolRequestMethod>()),
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let telemetry = TestTelemetry::entered();
    // `Telemetry` does this for an application, whose entry is `Mcp::global()`.
    opentelemetry::global::set_text_map_propagator(StrictPropagator::default());
    let mcp = Mcp::new(telemetry.meter());

    let (near, far) = tokio::io::duplex(64 * 1024);
    // Two ids, because both sides report from one process here.
    let (client, server) = tokio::join!(
        mcp.client("issues").network(Network::Pipe).serve((), near),
        mcp.server("issues-server").network(Network::Pipe).serve(Issues, far),
    );
    let (client, server) = (client?, server?);
    client.list_all_tools().await?;
    for tool in ["search_issues", "close_issue", "no_such_tool"] {
        match client.call_tool(CallToolRequestParams::new(tool)).await {
            Ok(result) => println!("{tool}: a result, is_error {:?}", result.is_error),
            Err(error) => println!("{tool}: {error}"),
        }
    }
    client.cancel().await?;
    server.waiting().await?;

    println!("\n{}\n\n{}\n\n{}", telemetry.metrics(), telemetry.spans(), telemetry.logs());
    Ok(())
}
