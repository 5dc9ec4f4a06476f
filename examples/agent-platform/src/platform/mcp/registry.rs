//! Which MCP servers there are, and which of their tools callers know by which name.

use std::path::PathBuf;
use std::time::Duration;

/// Where a server is.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    /// A child process, on its standard input and output.
    Child { program: PathBuf, args: Vec<String> },
    /// An address that answers over HTTP.
    Http { url: String },
}

/// How long the connection to a server lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lifetime {
    /// As long as the platform.
    Platform,
    /// One call, for servers that must not see two.
    Call,
}

/// A server of tools.
#[derive(Debug, Clone)]
pub(crate) struct McpServer {
    pub(crate) id: String,
    pub(crate) place: Place,
    pub(crate) lifetime: Lifetime,
}

/// A tool that callers know.
#[derive(Debug, Clone)]
pub(crate) struct McpTool {
    /// As callers call it.
    pub(crate) name: String,
    pub(crate) server_id: String,
    /// As its server calls it.
    pub(crate) tool: String,
    /// How long a call may take, where that is not as long as it takes.
    pub(crate) limit: Option<Duration>,
}
