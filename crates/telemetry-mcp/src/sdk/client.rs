//! The SDK's client, with its calls measured and its connection counted.

use std::error::Error;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use rmcp::model::{CallToolRequestParams, CallToolResponse, CallToolResult};
use rmcp::service::{ClientInitializeError, QuitReason, RunningService};
use rmcp::transport::{IntoTransport, Transport};
use rmcp::{RoleClient, Service, ServiceError, ServiceExt as _};
use tokio::task::JoinError;

use super::peer::{Calls, McpPeer};
use super::transport::TrackedTransport;
use crate::connection::Connection;
use crate::mcp::Mcp;
use crate::side::{Network, Side};

/// A client about to connect to a server.
#[derive(Debug, Clone)]
#[must_use = "a client connects with `serve`"]
pub struct ClientBuilder {
    mcp: Mcp,
    server_id: Arc<str>,
    network: Option<Network>,
    timeout: Option<Duration>,
}

impl ClientBuilder {
    pub(super) fn new(mcp: &Mcp, server_id: &str) -> Self {
        Self { mcp: mcp.clone(), server_id: server_id.into(), network: None, timeout: mcp.settings().call_timeout }
    }

    /// What carries the messages, for spans and the conventions' metrics. Default: not told.
    pub fn network(self, network: Network) -> Self {
        Self { network: Some(network), ..self }
    }

    /// How long a call may take unless it says otherwise; none is as long as it takes. Default: as
    /// [`McpSettings::call_timeout`](crate::McpSettings::call_timeout) says.
    pub fn timeout(self, timeout: impl Into<Option<Duration>>) -> Self {
        Self { timeout: timeout.into(), ..self }
    }

    /// Connects and initializes the protocol: the SDK's own `serve`, tracked and measured.
    ///
    /// # Errors
    ///
    /// The SDK's.
    pub async fn serve<S, T, E, A>(self, service: S, transport: T) -> Result<McpClient<S>, ClientInitializeError>
    where
        S: Service<RoleClient>,
        T: IntoTransport<RoleClient, E, A>,
        E: Error + Send + Sync + 'static,
    {
        let transport = self.track(transport);
        let connection = transport.connection();
        let client = self.wrap(service.serve(transport).await?);
        if let Some(connection) = connection.upgrade() {
            connection.negotiated(&client.calls.protocol);
        }
        Ok(client)
    }

    /// Counts a connection from now on, for a client that is started by another of the SDK's means and then
    /// [wrapped](Self::wrap).
    pub fn track<T, E, A>(
        &self,
        transport: T,
    ) -> TrackedTransport<impl Transport<RoleClient, Error = E> + 'static + use<T, E, A>>
    where
        T: IntoTransport<RoleClient, E, A>,
        E: Error + Send + Sync + 'static,
    {
        let connection = Connection::open(self.mcp.lease(), Side::Client, &self.server_id, self.network, true);
        TrackedTransport::new(transport.into_transport(), connection)
    }

    /// Measures the calls of a client that runs already.
    pub fn wrap<S: Service<RoleClient>>(self, running: RunningService<RoleClient, S>) -> McpClient<S> {
        let Self { mcp, server_id, network, timeout } = self;
        let protocol = running.peer_info().map(|info| info.protocol_version.as_str().to_owned()).unwrap_or_default();
        McpClient { running, calls: Arc::new(Calls { mcp, server_id, network, timeout, protocol }) }
    }
}

/// A client whose calls to tools are measured.
///
/// It derefs to the SDK's own client for everything else. What is called through [`peer`](RunningService::peer) is not
/// measured; [`measured_peer`](Self::measured_peer) is what tasks share.
pub struct McpClient<S: Service<RoleClient>> {
    running: RunningService<RoleClient, S>,
    calls: Arc<Calls>,
}

impl<S: Service<RoleClient>> McpClient<S> {
    /// Calls a tool within the client's time limit. Demands for input are met by the client's service; all of it is one
    /// call.
    ///
    /// # Errors
    ///
    /// What the SDK answers, and [`ServiceError::Timeout`].
    pub async fn call_tool(&self, params: CallToolRequestParams) -> Result<CallToolResult, ServiceError> {
        self.calls.measure(params, self.calls.timeout, |params| self.running.call_tool(params)).await
    }

    /// [`call_tool`](Self::call_tool) within another time limit.
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn call_tool_within(
        &self,
        params: CallToolRequestParams,
        timeout: Duration,
    ) -> Result<CallToolResult, ServiceError> {
        self.calls.measure(params, Some(timeout), |params| self.running.call_tool(params)).await
    }

    /// [`call_tool`](Self::call_tool) with another limit to the demands for input.
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn call_tool_with_mrtr_max_rounds(
        &self,
        params: CallToolRequestParams,
        max_rounds: usize,
    ) -> Result<CallToolResult, ServiceError> {
        let send = |params| self.running.call_tool_with_mrtr_max_rounds(params, max_rounds);
        self.calls.measure(params, self.calls.timeout, send).await
    }

    /// Calls a tool and takes a demand for input or a task as an answer, too.
    ///
    /// # Errors
    ///
    /// As [`call_tool`](Self::call_tool).
    pub async fn call_tool_once(&self, params: CallToolRequestParams) -> Result<CallToolResponse, ServiceError> {
        self.calls.measure(params, self.calls.timeout, |params| self.running.call_tool_once(params)).await
    }

    /// A handle for other tasks.
    #[must_use]
    pub fn measured_peer(&self) -> McpPeer {
        McpPeer::new(self.running.peer(), &self.calls)
    }

    /// The SDK's own client, whose further calls are not measured. Its connection still is.
    #[must_use]
    pub fn into_inner(self) -> RunningService<RoleClient, S> {
        self.running
    }

    /// Closes the connection and waits for its end.
    ///
    /// # Errors
    ///
    /// The connection's task panicked.
    pub async fn cancel(self) -> Result<QuitReason, JoinError> {
        self.running.cancel().await
    }

    /// Waits until the connection ends by itself.
    ///
    /// # Errors
    ///
    /// The connection's task panicked.
    pub async fn waiting(self) -> Result<QuitReason, JoinError> {
        self.running.waiting().await
    }
}

impl<S: Service<RoleClient>> Deref for McpClient<S> {
    type Target = RunningService<RoleClient, S>;

    fn deref(&self) -> &Self::Target {
        &self.running
    }
}

impl<S: Service<RoleClient>> DerefMut for McpClient<S> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.running
    }
}

impl<S: Service<RoleClient>> fmt::Debug for McpClient<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("McpClient").field("server_id", &self.calls.server_id).finish_non_exhaustive()
    }
}
