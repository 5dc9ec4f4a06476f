//! A server whose tools end in every way there is.

use std::fs;

use rmcp::model::{
    CallToolRequestMethod, CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ListToolsResult,
    PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler};
use serde_json::Value;
use telemetry_core::propagation::inject_current;
use telemetry_mcp::sdk::MetaCarrier;

/// A server whose tools end in every way there is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tools;

const NAMES: [&str; 8] = ["echo", "fail", "refuse", "break", "hang", "panic", "parent", "context"];

impl ServerHandler for Tools {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let tool = |name| Tool::new(name, "A tool of a test", serde_json::Map::new());
        Ok(ListToolsResult::with_all_items(NAMES.map(tool).to_vec()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let arguments = request.arguments.unwrap_or_default();
        let argument = |name: &str| arguments.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let said = |text: String| vec![ContentBlock::text(text)];
        match &*request.name {
            "echo" => Ok(CallToolResult::success(said(argument("text"))).into()),
            "fail" => Ok(CallToolResult::error(said(argument("text"))).into()),
            "refuse" => Err(ErrorData::invalid_params(argument("text"), Some(Value::from(argument("text"))))),
            "break" => Err(ErrorData::internal_error(argument("text"), None)),
            "hang" => {
                if let Some(path) = arguments.get("started").and_then(Value::as_str) {
                    fs::write(path, "").expect("the folder is there");
                }
                context.ct.cancelled().await;
                Err(ErrorData::internal_error("cancelled", None))
            }
            "panic" => panic!("the tool panicked"),
            // What came with the request, as it is.
            "parent" => {
                let parent = context.meta.get_traceparent().unwrap_or_default().to_owned();
                Ok(CallToolResult::success(said(parent)).into())
            }
            // What a request of the tool's own would carry.
            "context" => {
                let mut carrier = MetaCarrier::default();
                inject_current(&mut carrier);
                let own = carrier.0.get("traceparent").and_then(Value::as_str).unwrap_or_default().to_owned();
                Ok(CallToolResult::success(said(own)).into())
            }
            _ => Err(ErrorData::method_not_found::<CallToolRequestMethod>()),
        }
    }
}
