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
use telemetry_core::text::{MESSAGE, cut};
use tokio::task::JoinError;

use super::link::{Link, Tracked};
use super::peer::{Calls, McpPeer};
use super::transport::TrackedTransport;
use super::watch;
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
    /// None is as the settings say, where the transport needs it.
    ping_interval: Option<Duration>,
    tracked: Tracked,
}

impl ClientBuilder {
    pub(super) fn new(mcp: &Mcp, server_id: &str) -> Self {
        let (mcp, server_id, timeout) = (mcp.clone(), server_id.into(), mcp.settings().call_timeout);
        Self { mcp, server_id, network: None, timeout, ping_interval: None, tracked: Tracked::default() }
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

    /// How long the client waits from one ping of its server to the next, so that the connection to one that is gone no
    /// longer counts; zero sends none, and then the calls tell. Default: as
    /// [`McpSettings::ping_interval`](crate::McpSettings::ping_interval) says over HTTP, and none over a pipe, whose end
    /// is the server's.
    pub fn ping_interval(self, interval: Duration) -> Self {
        Self { ping_interval: Some(interval), ..self }
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
        Ok(self.wrap(service.serve(transport).await?))
    }

    /// Counts a connection from now on, for a client that is started by another of the SDK's means and then
    /// [wrapped](Self::wrap) by this same builder.
    pub fn track<T, E, A>(
        &self,
        transport: T,
    ) -> TrackedTransport<impl Transport<RoleClient, Error = E> + 'static + use<T, E, A>>
    where
        T: IntoTransport<RoleClient, E, A>,
        E: Error + Send + Sync + 'static,
    {
        let transport = transport.into_transport();
        let connection = Connection::open(self.mcp.lease(), Side::Client, &self.server_id, self.network, true);
        let outlives_server = match self.network {
            Some(network) => network == Network::Tcp,
            None => is_http(&transport),
        };
        let link = Link::new(connection, &self.server_id, self.mcp.tools_of(&self.server_id), outlives_server);
        self.tracked.set(&link);
        TrackedTransport::new(transport, link)
    }

    /// Measures the calls of a client that runs already.
    pub fn wrap<S: Service<RoleClient>>(self, running: RunningService<RoleClient, S>) -> McpClient<S> {
        let Self { mcp, server_id, network, timeout, ping_interval, tracked } = self;
        let protocol = running.peer_info().map(|info| cut(info.protocol_version.as_str(), MESSAGE).into_owned());
        let protocol = protocol.unwrap_or_default();
        let link = tracked.take();
        if let Some(link) = link.upgrade() {
            link.connection.negotiated(&protocol);
            let by_default = link.outlives_server.then(|| mcp.settings().ping_interval);
            watch::start(&link, running.peer(), ping_interval.or(by_default));
        }
        let tools = mcp.tools_of(&server_id);
        McpClient { running, calls: Arc::new(Calls { mcp, server_id, network, timeout, protocol, tools, link }) }
    }
}

/// Whether it is the SDK's transport over HTTP.
fn is_http<T: Transport<RoleClient>>(_: &T) -> bool {
    T::name().contains("StreamableHttp")
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
