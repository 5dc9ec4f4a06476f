//! The tools of MCP servers, each of which ends in one way, and how the platform knows them.

use std::io;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use axum::BoxError;
use rmcp::model::{
    CallToolRequestMethod, CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ListToolsResult,
    PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::transport::stdio;
use rmcp::{ErrorData, RoleServer, ServerHandler, ServiceExt as _};
use rustix::process::{Signal, getpid, kill_process};

use crate::check::canary;
use crate::platform::mcp::{Lifetime, McpServer, McpTool, Place};

/// The command that makes of this program a server on its standard input and output.
pub(crate) const COMMAND: &str = "mcp-server";
/// Where the server that listens answers.
pub(crate) const PATH: &str = "/mcp";
/// The server that listens.
pub(crate) const LISTENING: &str = "search";
/// The one that is a child process as long as the platform lives.
pub(crate) const FILES: &str = "files";

const READ_FILE: &str = "read_file";
const SEARCH: &str = "search";
const BROKEN_INDEX: &str = "broken_index";
const REFUSAL: &str = "refusal";
const STALL: &str = "stall";
const CRASH: &str = "crash";

const TOOLS: [&str; 6] = [READ_FILE, SEARCH, BROKEN_INDEX, REFUSAL, STALL, CRASH];

/// As which the platform knows those that answer.
pub(crate) const GOOD_MCP_TOOLS: [&str; 2] = ["read-file", "search"];
/// Those that go wrong, each in another way, while their callers wait.
pub(crate) const BAD_MCP_TOOLS: [&str; 4] = ["broken-index", "refusal", "stalled", "killed"];
/// One that never answers.
pub(crate) const SILENT_MCP_TOOL: &str = "silent";
/// A name that no tool has.
pub(crate) const UNKNOWN_MCP_TOOL: &str = "no-such-tool";

/// The servers: one that listens at this address, one as a child process, and one that dies of a call.
///
/// # Errors
///
/// When this program cannot tell where it is.
pub(crate) fn servers(listening: SocketAddr) -> io::Result<[McpServer; 3]> {
    let program = std::env::current_exe()?;
    let child = || Place::Child { program: program.clone(), args: vec![COMMAND.to_owned()] };
    let server = |id: &str, place, lifetime| McpServer { id: id.to_owned(), place, lifetime };
    Ok([
        server(LISTENING, Place::Http { url: format!("http://{listening}{PATH}") }, Lifetime::Platform),
        server(FILES, child(), Lifetime::Platform),
        server("fragile", child(), Lifetime::Call),
    ])
}

/// The tools as the platform knows them.
pub(crate) fn registry() -> [McpTool; 7] {
    let tool = |name: &str, server_id: &str, tool: &str, limit| McpTool {
        name: name.to_owned(),
        server_id: server_id.to_owned(),
        tool: tool.to_owned(),
        limit,
    };
    [
        tool("read-file", FILES, READ_FILE, None),
        tool("search", LISTENING, SEARCH, None),
        tool("broken-index", LISTENING, BROKEN_INDEX, None),
        tool("refusal", LISTENING, REFUSAL, None),
        tool("stalled", FILES, STALL, Some(Duration::from_millis(300))),
        tool(SILENT_MCP_TOOL, FILES, STALL, None),
        tool("killed", "fragile", CRASH, None),
    ]
}

/// Tools that each end in one way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EndingTools;

impl ServerHandler for EndingTools {
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
pub(crate) fn run() -> Result<ExitCode, BoxError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        EndingTools.serve(stdio()).await?.waiting().await?;
        Ok(ExitCode::SUCCESS)
    })
}
