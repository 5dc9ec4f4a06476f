//! The far side of a client: the calls through it, measured.

use std::fmt;
use std::sync::{Arc, Weak};
use std::time::Duration;

use rmcp::model::{CallToolRequestParams, CallToolResponse, CallToolResult};
use rmcp::{Peer, RoleClient, ServiceError};

use super::context::inject;
use super::failure::{Answer, end};
use super::link::Link;
use crate::mcp::Mcp;
use crate::names::ServerTools;
use crate::side::Network;

/// How the calls of one client are measured.
#[derive(Debug)]
pub(super) struct Calls {
    pub(super) mcp: Mcp,
    pub(super) server_id: Arc<str>,
    pub(super) network: Option<Network>,
    pub(super) timeout: Option<Duration>,
    pub(super) protocol: String,
    /// What the server is known to have.
    pub(super) tools: Option<Arc<ServerTools>>,
    /// The connection, while it is open.
    pub(super) link: Weak<Link>,
}

impl Calls {
    /// Sends a call by whatever means, within its span and its time limit, and records how it ends.
    pub(super) async fn measure<T: Answer, F: Future<Output = Result<T, ServiceError>>>(
        &self,
        mut params: CallToolRequestParams,
        timeout: Option<Duration>,
        send: impl FnOnce(CallToolRequestParams) -> F,
    ) -> Result<T, ServiceError> {
        let name = params.name.clone();
        let start = self.mcp.call(&self.server_id, &name).protocol_version(&self.protocol);
        let start = start.arg_count(params.arguments.as_ref().map_or(0, |arguments| arguments.len()));
        let call = if let Some(network) = self.network { start.network(network) } else { start }.start();
        let _under_way = self.link.upgrade().map(|link| link.news.call());
        inject(&call.span().context(), &mut params.meta);
        let sent = call.instrument(send(params));
        let result = match timeout {
            // Dropping the call on the way tells the server that it is given up.
            Some(timeout) => {
                let limited = tokio::time::timeout(timeout, sent).await;
                limited.unwrap_or(Err(ServiceError::Timeout { timeout }))
            }
            None => sent.await,
        };
        if let Some(link) = self.link.upgrade() {
            link.call_ended(result.as_ref().err());
        }
        end(call, &result, &name, || self.tools.as_ref().is_some_and(|tools| tools.lacks(&name)));
        result
    }
}

/// The far side of a client: calls its tools, measured; cheap to clone, and without hold on the connection.
#[derive(Clone)]
pub struct McpPeer {
    peer: Peer<RoleClient>,
    calls: Arc<Calls>,
}

impl McpPeer {
    pub(super) fn new(peer: &Peer<RoleClient>, calls: &Arc<Calls>) -> Self {
        Self { peer: peer.clone(), calls: Arc::clone(calls) }
    }

    /// Calls a tool within the client's time limit.
    ///
    /// # Errors
    ///
    /// What the SDK answers, and [`ServiceError::Timeout`].
    pub async fn call_tool(&self, params: CallToolRequestParams) -> Result<CallToolResult, ServiceError> {
        self.calls.measure(params, self.calls.timeout, |params| self.peer.call_tool(params)).await
    }

    /// Calls a tool within another time limit.
    ///
    /// # Errors
    ///
    /// What the SDK answers, and [`ServiceError::Timeout`].
    pub async fn call_tool_within(
        &self,
        params: CallToolRequestParams,
        timeout: Duration,
    ) -> Result<CallToolResult, ServiceError> {
        self.calls.measure(params, Some(timeout), |params| self.peer.call_tool(params)).await
    }

    /// Calls a tool and takes a demand for input or a task as an answer, too.
    ///
    /// # Errors
    ///
    /// What the SDK answers, and [`ServiceError::Timeout`].
    pub async fn call_tool_once(&self, params: CallToolRequestParams) -> Result<CallToolResponse, ServiceError> {
        self.calls.measure(params, self.calls.timeout, |params| self.peer.call_tool_once(params)).await
    }
}

impl fmt::Debug for McpPeer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("McpPeer").field("server_id", &self.calls.server_id).finish_non_exhaustive()
    }
}
