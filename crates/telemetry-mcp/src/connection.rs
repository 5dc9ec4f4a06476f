//! An open connection, counted until it is dropped.

use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use telemetry_core::text::{MESSAGE, cut};
use telemetry_core::{EntityId, Lease, clock};

use crate::inner::Inner;
use crate::metrics::McpServerMetrics;
use crate::side::{Network, Side};

/// An open connection: counted until this is dropped, but for the time in which it is known to be lost.
///
/// ```
/// use telemetry_mcp::Mcp;
///
/// let connection = Mcp::global().connection("github");
/// connection.negotiated("2025-11-25");
/// // as long as it is held, `mcp_server_connections_active{server_id="github"}` counts it
/// drop(connection);
/// ```
#[must_use = "the connection counts as closed when this is dropped"]
pub struct Connection {
    inner: Lease<Inner>,
    /// None where the connection is measured by the conventions' metrics alone.
    server: Option<EntityId<McpServerMetrics>>,
    side: Side,
    network: Option<Network>,
    protocol: OnceLock<String>,
    opened: Instant,
    is_lost: AtomicBool,
}

impl Connection {
    pub(crate) fn open(
        inner: Lease<Inner>,
        side: Side,
        server_id: &str,
        network: Option<Network>,
        counted: bool,
    ) -> Self {
        // Found once, because what is counted up has to be counted down where it was, whatever becomes of the labels.
        let server = counted.then(|| inner.servers.find(server_id));
        if let Some(server) = server {
            inner.servers.at(server).connections.add(1);
            inner.servers.at(server).lost.set(0.0);
        }
        Self {
            inner,
            server,
            side,
            network,
            protocol: OnceLock::new(),
            opened: clock::now(),
            is_lost: AtomicBool::new(false),
        }
    }

    /// Notes the version of the protocol that the two sides have agreed on, for the conventions' metrics. The first one
    /// noted stands.
    pub fn negotiated(&self, protocol_version: &str) {
        let _ = self.protocol.set(cut(protocol_version, MESSAGE).into_owned());
    }

    /// The server is gone: the connection counts no longer, and the server as lost (`mcp_server_connection_lost`) until it
    /// is back or another connection to it opens. A connection that is only dropped counts as closed. False if it is known
    /// already.
    pub fn lost(&self) -> bool {
        let is_new = !self.is_lost.swap(true, Ordering::Relaxed);
        if is_new {
            self.count(-1, true);
        }
        is_new
    }

    /// The server is back: the connection counts again. False if it was not lost.
    pub fn restored(&self) -> bool {
        let is_new = self.is_lost.swap(false, Ordering::Relaxed);
        if is_new {
            self.count(1, false);
        }
        is_new
    }

    fn count(&self, by: i64, is_lost: bool) {
        if let Some(server) = self.server {
            let server = self.inner.servers.at(server);
            server.connections.add(by);
            server.lost.set(f64::from(u8::from(is_lost)));
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // One that is lost stays so: nobody has closed it.
        if !*self.is_lost.get_mut() {
            self.count(-1, false);
        }
        let elapsed = clock::now().saturating_duration_since(self.opened);
        let protocol = self.protocol.get().map_or("", String::as_str);
        self.inner.conventions.session(self.side, self.network, protocol, elapsed);
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("side", &self.side).field("network", &self.network).finish_non_exhaustive()
    }
}
