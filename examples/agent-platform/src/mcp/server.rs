//! The servers: one handler, on the standard input and output of a child process or on a listener.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::sync::Arc;

use axum::Router;
use rmcp::model::{
    CallToolRequestMethod, CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ListToolsResult,
    PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService, stdio};
use rmcp::{ErrorData, RoleServer, ServerHandler, ServiceExt as _};
use rustix::process::{Signal, getpid, kill_process};
use telemetry_mcp::Mcp;
use tokio::net::TcpListener;

use crate::check::canary;
use crate::program::session;

pub(super) const READ_FILE: &str = "read_file";
pub(super) const SEARCH: &str = "search";
pub(super) const BROKEN_INDEX: &str = "broken_index";
pub(super) const REFUSAL: &str = "refusal";
pub(super) const STALL: &str = "stall";
pub(super) const CRASH: &str = "crash";

const TOOLS: [&str; 6] = [READ_FILE, SEARCH, BROKEN_INDEX, REFUSAL, STALL, CRASH];

/// Tools that each end in one way.
#[derive(Debug, Clone, Copy)]
struct Tools;

impl ServerHandler for Tools {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let tool = |name| Tool::new(name, "A tool of the example platform", serde_json::Map::new());
        Ok(ListToolsResult::with_all_items(TOOLS.map(tool).to_vec()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let said = |text: &str| vec![ContentBlock::text(text)];
        match &*request.name {
            READ_FILE | SEARCH => Ok(CallToolResult::success(said(canary::RESULT)).into()),
            BROKEN_INDEX => Ok(CallToolResult::error(said(canary::RESULT)).into()),
            REFUSAL => Err(ErrorData::invalid_params(canary::RESULT, None)),
            STALL => {
                context.ct.cancelled().await;
                Err(ErrorData::internal_error("cancelled", None))
            }
            CRASH => {
                // Fails only for a process that is not there.
                let _ = kill_process(getpid(), Signal::KILL);
                Err(ErrorData::internal_error("still alive", None))
            }
            _ => Err(ErrorData::method_not_found::<CallToolRequestMethod>()),
        }
    }
}

/// Serves on standard input and output until the client closes them.
pub(crate) fn run() -> Result<ExitCode, session::Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        Tools.serve(stdio()).await?.waiting().await?;
        Ok(ExitCode::SUCCESS)
    })
}

/// Serves on a loopback port as long as the runtime runs, and tells where that is. Its calls are in traces only: the
/// platform, which is their client, counts them.
pub(super) async fn listen(mcp: &Mcp, server_id: &str) -> io::Result<SocketAddr> {
    let server = mcp.server(server_id).metrics(false);
    let (sessions, config) = (Arc::new(LocalSessionManager::default()), StreamableHttpServerConfig::default());
    let service = StreamableHttpService::new(move || Ok(server.wrap(Tools)), sessions, config);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let router = Router::new().nest_service(super::PATH, service);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}
