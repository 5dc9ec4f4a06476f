//! Names of the OpenTelemetry semantic conventions for MCP, in development: those of the repository
//! `semantic-conventions-genai` as it stands beside version 1.41 of the general conventions.

use std::time::Duration;

use telemetry_core::{Catalogue, EntityRef, Family, Histogram, Label, Meter, Metrics, Semconv, SemconvSwitch};

use crate::side::{Network, Side};

/// `mcp.method.name` of what is measured here.
pub(crate) const TOOLS_CALL: &str = "tools/call";
/// `gen_ai.operation.name` of a call to a tool.
pub(crate) const EXECUTE_TOOL: &str = "execute_tool";
/// `error.type` of a result with `isError`.
pub(crate) const TOOL_ERROR: &str = "tool_error";
/// `error.type` of a call given up at its time limit.
pub(crate) const TIMEOUT: &str = "timeout";

#[derive(Label, Clone, Copy)]
#[label(name = "mcp.method.name")]
pub(crate) enum Method {
    #[label(value = "tools/call")]
    ToolsCall,
}

#[derive(Label, Clone, Copy)]
#[label(name = "gen_ai.operation.name")]
pub(crate) enum OperationName {
    ExecuteTool,
}

/// The bounds of all durations, in seconds.
const BUCKETS: [f64; 14] = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0];

/// The metrics of the OpenTelemetry semantic conventions that are recorded beside this crate's own, where the settings ask
/// for them.
pub const CONVENTIONS: Catalogue =
    Catalogue::new(env!("CARGO_PKG_NAME"), &[OperationMetrics::CATALOGUE, SessionMetrics::CATALOGUE]);

/// What the conventions measure of operations. Of the two a process mostly has one.
#[derive(Metrics)]
#[metrics(
    scope = "telemetry.mcp",
    convention,
    entity(
        tool(name = "gen_ai.tool.name"),
        error(name = "error.type"),
        protocol(name = "mcp.protocol.version"),
        network(name = "network.transport")
    )
)]
pub(crate) struct OperationMetrics {
    /// The duration of an MCP request as its sender sees it, from sending it to its response
    #[metric(name = "mcp.client.operation.duration", unit = "s", buckets = BUCKETS)]
    client: Histogram<(Method, OperationName)>,
    /// The duration of an MCP request as its receiver sees it, from its arrival to its response
    #[metric(name = "mcp.server.operation.duration", unit = "s", buckets = BUCKETS)]
    server: Histogram<(Method, OperationName)>,
}

/// What the conventions measure of sessions.
#[derive(Metrics)]
#[metrics(
    scope = "telemetry.mcp",
    convention,
    entity(protocol(name = "mcp.protocol.version"), network(name = "network.transport"))
)]
pub(crate) struct SessionMetrics {
    /// The duration of an MCP session as the client sees it
    #[metric(name = "mcp.client.session.duration", unit = "s", buckets = BUCKETS)]
    client: Histogram,
    /// The duration of an MCP session as the server sees it
    #[metric(name = "mcp.server.session.duration", unit = "s", buckets = BUCKETS)]
    server: Histogram,
}

/// The version of the protocol and what carries it, as a call keeps them without a copy: by the sessions that are like
/// it.
pub(crate) type Channel = EntityRef<SessionMetrics>;

/// The conventions' metrics, recorded beside our own on request.
pub(crate) struct Conventions {
    switch: SemconvSwitch,
    operations: Family<OperationMetrics>,
    sessions: Family<SessionMetrics>,
}

impl Conventions {
    pub(crate) fn new(meter: &Meter, told: Option<bool>) -> Self {
        Self {
            switch: SemconvSwitch::new(meter, Semconv::Mcp, told),
            operations: Family::new(meter),
            sessions: Family::new(meter),
        }
    }

    /// Registers a tool.
    pub(crate) fn register(&self, tool: &str) {
        self.operations.register(OperationMetricsKey { tool, error: "", protocol: "", network: "" });
    }

    /// Lets a tool in that the caller has room for.
    pub(crate) fn admit(&self, tool: &str) {
        self.operations.admit(OperationMetricsKey { tool, error: "", protocol: "", network: "" });
    }

    /// What a call is made over, if its end is to be recorded.
    pub(crate) fn channel(&self, protocol: &str, network: Option<Network>) -> Option<Channel> {
        let key = SessionMetricsKey { protocol, network: network.map_or("", Network::as_str) };
        self.switch.is_on().then(|| self.sessions.entity(key))
    }

    pub(crate) fn operation(
        &self,
        channel: &Channel,
        side: Side,
        tool: &str,
        error_type: Option<&str>,
        elapsed: Duration,
    ) {
        let metrics = self.operations.get(OperationMetricsKey {
            tool,
            error: error_type.unwrap_or_default(),
            protocol: channel.label(&self.sessions, 0),
            network: channel.label(&self.sessions, 1),
        });
        let histogram = match side {
            Side::Client => &metrics.client,
            Side::Server => &metrics.server,
        };
        histogram.at((Method::ToolsCall, OperationName::ExecuteTool)).record(elapsed.as_secs_f64());
    }

    pub(crate) fn session(&self, side: Side, network: Option<Network>, protocol: &str, elapsed: Duration) {
        if !self.switch.is_on() {
            return;
        }
        let key = SessionMetricsKey { protocol, network: network.map_or("", Network::as_str) };
        let metrics = self.sessions.get(key);
        let histogram = match side {
            Side::Client => &metrics.client,
            Side::Server => &metrics.server,
        };
        histogram.record(elapsed.as_secs_f64());
    }
}
