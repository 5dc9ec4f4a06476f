//! What `Mcp` offers to users of the SDK.

use super::client::ClientBuilder;
use super::server::ServerBuilder;
use crate::mcp::Mcp;

impl Mcp {
    /// Prepares a client of the official SDK.
    pub fn client(&self, server_id: &str) -> ClientBuilder {
        ClientBuilder::new(self, server_id)
    }

    /// Prepares a server of the official SDK.
    pub fn server(&self, server_id: &str) -> ServerBuilder {
        ServerBuilder::new(self, server_id)
    }
}
