//! Tools of MCP servers: the platform calls them in child processes and over HTTP, and serves some itself.

mod registry;
mod routes;
mod server;
mod toolset;

pub(crate) use registry::{Lifetime, McpServer, McpTool, Place};
pub(crate) use routes::router;
pub(crate) use server::listen;
pub(crate) use toolset::{Connections, Toolset};
