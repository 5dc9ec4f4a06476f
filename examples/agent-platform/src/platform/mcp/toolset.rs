//! How tools of MCP servers are found and called.

use std::collections::BTreeMap;
use std::process::Stdio;

use axum::BoxError;
use http::StatusCode;
use rmcp::ServiceError;
use rmcp::model::{CallToolRequestParams, CallToolResult};
use rmcp::transport::{StreamableHttpClientTransport, TokioChildProcess};
use serde_json::Value;
use telemetry_mcp::Mcp;
use telemetry_mcp::labels::Network;
use telemetry_mcp::sdk::{McpClient, McpPeer};
use tokio::process::Command;

use super::registry::{Lifetime, McpServer, McpTool, Place};

type Client = McpClient<()>;

/// The platform's MCP servers and the registry of their tools.
pub(crate) struct Toolset {
    mcp: Mcp,
    tools: BTreeMap<String, McpTool>,
    servers: BTreeMap<String, McpServer>,
    /// Those that live as long as the platform.
    connected: BTreeMap<String, McpPeer>,
}

/// The connections to servers that live as long as the platform.
pub(crate) struct Connections(Vec<Client>);

impl Connections {
    /// Closes them and waits for their end.
    ///
    /// # Errors
    ///
    /// When the task of a connection failed.
    pub(crate) async fn close(self) -> Result<(), BoxError> {
        for client in self.0 {
            client.cancel().await?;
        }
        Ok(())
    }
}

impl Toolset {
    /// Connects to the servers that live as long as the platform.
    ///
    /// # Errors
    ///
    /// When one of them cannot be started or does not speak MCP.
    pub(crate) async fn connect(
        mcp: &Mcp,
        servers: impl IntoIterator<Item = McpServer>,
        tools: impl IntoIterator<Item = McpTool>,
    ) -> Result<(Self, Connections), BoxError> {
        let servers: BTreeMap<_, _> = servers.into_iter().map(|server| (server.id.clone(), server)).collect();
        let tools = tools.into_iter().map(|tool| (tool.name.clone(), tool)).collect();
        let (mut connected, mut clients) = (BTreeMap::new(), Vec::new());
        for server in servers.values().filter(|server| server.lifetime == Lifetime::Platform) {
            let client = connect(mcp, server).await?;
            connected.insert(server.id.clone(), client.measured_peer());
            clients.push(client);
        }
        Ok((Self { mcp: mcp.clone(), tools, servers, connected }, Connections(clients)))
    }

    /// Whether callers know a tool by that name.
    pub(crate) fn knows(&self, name: &str) -> bool {
        self.tools.contains_key(name)
    }

    /// Looks a tool up and calls it.
    pub(crate) async fn call(&self, name: &str, argument: &str) -> StatusCode {
        let Some(tool) = self.mcp.look_up(|| self.tools.get(name)) else { return StatusCode::NOT_FOUND };
        let called = match (self.connected.get(&tool.server_id), self.servers.get(&tool.server_id)) {
            (Some(peer), _) => call(peer, tool, argument).await,
            (None, Some(server)) => match connect(&self.mcp, server).await {
                Ok(client) => {
                    let called = call(&client.measured_peer(), tool, argument).await;
                    if let Err(error) = client.cancel().await {
                        tracing::error!(%error, "the connection to an MCP server failed");
                    }
                    called
                }
                Err(error) => {
                    tracing::error!(%error, "an MCP server does not start");
                    return StatusCode::INTERNAL_SERVER_ERROR;
                }
            },
            (None, None) => return StatusCode::NOT_FOUND,
        };
        match called {
            Ok(result) if result.is_error != Some(true) => StatusCode::OK,
            Err(ServiceError::Timeout { .. }) => StatusCode::GATEWAY_TIMEOUT,
            _ => StatusCode::BAD_GATEWAY,
        }
    }
}

async fn connect(mcp: &Mcp, server: &McpServer) -> Result<Client, BoxError> {
    let client = mcp.client(&server.id);
    Ok(match &server.place {
        Place::Child { program, args } => {
            let mut command = Command::new(program);
            command.args(args);
            let (child, _) = TokioChildProcess::builder(command).stderr(Stdio::null()).spawn()?;
            client.network(Network::Pipe).serve((), child).await?
        }
        Place::Http { url } => {
            let transport = StreamableHttpClientTransport::from_uri(url.clone());
            client.network(Network::Tcp).serve((), transport).await?
        }
    })
}

async fn call(client: &McpPeer, tool: &McpTool, argument: &str) -> Result<CallToolResult, ServiceError> {
    let arguments = [("path".to_owned(), Value::from(argument))].into_iter().collect();
    let params = CallToolRequestParams::new(tool.tool.clone()).with_arguments(arguments);
    match tool.limit {
        Some(limit) => client.call_tool_within(params, limit).await,
        None => client.call_tool(params).await,
    }
}
