//! What is measured of tools, servers and the registry.

use telemetry_core::{Catalogue, Counter, Gauge, Histogram, Label, Metrics, UpDownCounter};

/// Every metric of this crate.
pub const CATALOGUE: Catalogue = Catalogue::new(
    env!("CARGO_PKG_NAME"),
    &[McpToolMetrics::CATALOGUE, McpServerMetrics::CATALOGUE, RegistryMetrics::CATALOGUE],
);

/// What is measured of one tool of one server.
#[derive(Metrics)]
#[metrics(scope = "telemetry.mcp", entity(server_id, tool_name))]
pub struct McpToolMetrics {
    /// MCP tool execution latency
    #[metric(
        name = "mcp_tool_execute_seconds",
        unit = "s",
        buckets = [0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0]
    )]
    pub execute: Histogram<Outcome>,
    /// MCP tool errors by category
    #[metric(name = "mcp_tool_errors_total")]
    pub errors: Counter<ErrorKind>,
}

/// What is measured of one server.
#[derive(Metrics)]
#[metrics(scope = "telemetry.mcp", entity(server_id))]
pub struct McpServerMetrics {
    /// Active MCP server connections
    #[metric(name = "mcp_server_connections_active")]
    pub connections: UpDownCounter,
    /// Whether the server was lost: 1 from the loss of a connection on, 0 while it is connected and after it was closed
    #[metric(name = "mcp_server_connection_lost")]
    pub lost: Gauge,
}

/// What is measured of the registry of tools.
#[derive(Metrics)]
#[metrics(scope = "telemetry.mcp", entity())]
pub struct RegistryMetrics {
    /// Tool registry lookup latency
    #[metric(
        name = "mcp_tool_registry_lookup_seconds",
        unit = "s",
        buckets = [0.00001, 0.0001, 0.001, 0.01, 0.1]
    )]
    pub lookup: Histogram<LookupOutcome>,
}

/// How the execution of a tool ended.
#[derive(Label, Debug, Clone, Copy, PartialEq, Eq)]
#[label(name = "outcome")]
pub enum Outcome {
    /// It answered with a result.
    Success,
    /// It failed, or could not be asked.
    Error,
    /// It was given up at its time limit.
    Timeout,
    /// Its guard was dropped unfinished: a cancelled future, an early return; or it was cancelled on request.
    Cancelled,
}

/// Why the execution of a tool failed.
#[derive(Label, Debug, Clone, Copy, PartialEq, Eq)]
#[label(name = "error_kind")]
pub enum ErrorKind {
    /// The server could not be reached, or went away.
    Connection,
    /// The request was refused: unknown tool, bad arguments, or an answer that is none.
    Validation,
    /// The tool ran and failed.
    Execution,
    /// It took longer than it was given.
    Timeout,
}

/// What a look-up in the registry found.
#[derive(Label, Debug, Clone, Copy, PartialEq, Eq)]
#[label(name = "outcome")]
pub enum LookupOutcome {
    /// The tool.
    Hit,
    /// Nothing, so that it has to be loaded, or is unknown.
    Miss,
}
