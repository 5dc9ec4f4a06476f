//! Tools of MCP servers: the platform calls them in a child process and over HTTP.

mod asks;
mod notes;
mod server;

use std::collections::BTreeMap;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::post;
use http::StatusCode;
use rmcp::ServiceError;
use rmcp::model::{CallToolRequestParams, CallToolResult};
use rmcp::transport::{StreamableHttpClientTransport, TokioChildProcess};
use serde_json::Value;
use telemetry_core::Meter;
use telemetry_mcp::Mcp;
use telemetry_mcp::labels::Network;
use telemetry_mcp::sdk::{McpClient, McpPeer};
use tokio::process::Command;
use tokio::time::timeout;

use crate::check::Ledger;
use crate::check::canary;
use crate::program::session::Failure;
use asks::{Ask, Course, Place};

pub(crate) use asks::{ANSWERED, TROUBLED, UNKNOWN};
pub(crate) use server::run as serve;

/// The command that makes of this program a server on its standard input and output.
pub(crate) const COMMAND: &str = "mcp-server";
/// Where the server that listens answers.
const PATH: &str = "/mcp";
/// How long a call has, of those that get no answer.
const LIMIT: Duration = Duration::from_millis(300);
/// How long a caller waits who leaves before that.
const PATIENCE: Duration = Duration::from_millis(100);

type Client = McpClient<()>;

/// The platform's MCP servers and the registry of their tools.
pub(crate) struct Toolset {
    mcp: Mcp,
    registry: BTreeMap<&'static str, Ask>,
    child: McpPeer,
    http: McpPeer,
    ledger: Arc<Ledger>,
}

/// The connections to servers that live as long as the platform.
pub(crate) struct Connections([Client; 2]);

impl Connections {
    /// Closes them and waits for their end.
    pub(crate) async fn close(self) -> Result<(), Failure> {
        for client in self.0 {
            client.cancel().await?;
        }
        Ok(())
    }
}

impl Toolset {
    /// Starts the servers and connects to them.
    pub(crate) async fn start(meter: &Meter, ledger: Arc<Ledger>) -> Result<(Arc<Self>, Connections), Failure> {
        let mcp = Mcp::new(meter);
        let registry: BTreeMap<_, _> = ANSWERED.into_iter().chain(TROUBLED).map(|ask| (ask.name, ask)).collect();
        let (child, http) = (Place::Child.server_id(), Place::Http.server_id());
        let address = server::listen(&mcp, http).await?;
        let transport = StreamableHttpClientTransport::from_uri(format!("http://{address}{PATH}"));
        notes::connected(&ledger, http);
        let http = mcp.client(http).network(Network::Tcp).serve((), transport).await?;
        let child = connect_child(&mcp, &ledger, child).await?;
        let tools = Self { mcp, registry, child: child.measured_peer(), http: http.measured_peer(), ledger };
        Ok((Arc::new(tools), Connections([child, http])))
    }

    /// Looks a tool up and calls it.
    async fn ask(&self, name: &str) -> StatusCode {
        let found = self.mcp.look_up(|| self.registry.get(name).copied());
        notes::looked_up(&self.ledger, found.is_some());
        let Some(ask) = found else { return StatusCode::NOT_FOUND };
        let called = match ask.place {
            Place::Child => call(&self.child, ask).await,
            Place::Http => call(&self.http, ask).await,
            Place::OwnChild => match connect_child(&self.mcp, &self.ledger, ask.place.server_id()).await {
                Ok(client) => {
                    let called = call(&client.measured_peer(), ask).await;
                    // Its connection has ended with its process.
                    drop(client.waiting().await);
                    called
                }
                Err(error) => {
                    tracing::error!(%error, "an MCP server does not start");
                    return StatusCode::INTERNAL_SERVER_ERROR;
                }
            },
        };
        notes::called(&self.ledger, ask);
        match called {
            Some(Ok(result)) if result.is_error != Some(true) => StatusCode::OK,
            Some(Err(ServiceError::Timeout { .. })) => StatusCode::GATEWAY_TIMEOUT,
            _ => StatusCode::BAD_GATEWAY,
        }
    }
}

/// A server as a child process: this program under another name.
async fn connect_child(mcp: &Mcp, ledger: &Ledger, server_id: &str) -> Result<Client, Failure> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg(COMMAND);
    let (child, _) = TokioChildProcess::builder(command).stderr(Stdio::null()).spawn()?;
    notes::connected(ledger, server_id);
    Ok(mcp.client(server_id).network(Network::Pipe).serve((), child).await?)
}

/// Calls the tool; nothing is answered to a caller who leaves.
async fn call(client: &McpPeer, ask: Ask) -> Option<Result<CallToolResult, ServiceError>> {
    let arguments = [("path".to_owned(), Value::from(canary::ARGUMENT))].into_iter().collect();
    let params = CallToolRequestParams::new(ask.tool).with_arguments(arguments);
    match ask.course {
        Course::Stalled => Some(client.call_tool_within(params, LIMIT).await),
        Course::Left => timeout(PATIENCE, client.call_tool(params)).await.ok(),
        Course::Answered | Course::Broken | Course::Refused | Course::Killed => Some(client.call_tool(params).await),
    }
}

/// The endpoint of the tools.
pub(crate) fn router(tools: Arc<Toolset>) -> Router {
    Router::new().route("/mcp/{tool}", post(call_tool)).with_state(tools)
}

async fn call_tool(State(tools): State<Arc<Toolset>>, Path(tool): Path<String>) -> StatusCode {
    tools.ask(&tool).await
}
