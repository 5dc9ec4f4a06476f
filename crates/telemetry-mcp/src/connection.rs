//! An open connection, counted until it is dropped.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use crate::mcp::Mcp;
use crate::metrics::McpServerMetrics;
use crate::side::{Network, Side};

/// An open connection: counted until this is dropped.
#[must_use = "the connection counts as closed when this is dropped"]
pub struct Connection {
    mcp: Mcp,
    /// None where the connection is measured by the conventions' metrics alone.
    server: Option<Arc<McpServerMetrics>>,
    side: Side,
    network: Option<Network>,
    protocol: OnceLock<String>,
    opened: Instant,
}

impl Connection {
    pub(crate) fn open(mcp: &Mcp, side: Side, server_id: &str, network: Option<Network>, counted: bool) -> Self {
        // Held, because what is counted up has to be counted down where it was, whatever becomes of the labels.
        let server = counted.then(|| Arc::clone(mcp.servers().get(server_id)));
        if let Some(server) = &server {
            server.connections.add(1);
        }
        Self { mcp: mcp.clone(), server, side, network, protocol: OnceLock::new(), opened: Instant::now() }
    }

    /// Notes the version of the protocol that the two sides have agreed on, for the conventions' metrics. The first one
    /// noted stands.
    pub fn negotiated(&self, protocol_version: &str) {
        let _ = self.protocol.set(protocol_version.to_owned());
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(server) = &self.server {
            server.connections.add(-1);
        }
        let protocol = self.protocol.get().map_or("", String::as_str);
        self.mcp.conventions().session(self.side, self.network, protocol, self.opened.elapsed());
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("side", &self.side).field("network", &self.network).finish_non_exhaustive()
    }
}
