//! What holds for all calls, clients and servers unless one says otherwise.

use std::time::Duration;

use telemetry_core::Settings;

/// What holds for all calls, clients and servers unless one says otherwise.
#[derive(Settings, Debug, Clone, PartialEq)]
#[settings(key = "mcp", env = "TELEMETRY_MCP", title = "MCP tools")]
pub struct McpSettings {
    /// Whether the metrics `mcp.*` of the OpenTelemetry semantic conventions are recorded beside our own.
    #[setting(unset = "as the setting `semconv` says")]
    pub semconv: Option<bool>,
    /// How long a call through a client of the official SDK may take unless the client or the call says otherwise.
    #[setting(accepts = "1ms".., example = "30s", unset = "as long as it takes")]
    pub call_timeout: Option<Duration>,
    /// Whether a server of the official SDK records metrics, or only spans, log records and the conventions' metrics. To
    /// be turned off where its clients report to the same Prometheus: they count the same calls.
    #[setting(default = true)]
    pub server_metrics: bool,
    /// How many tools of a server are remembered by name, at its clients and at itself. Once they are known, calls under
    /// other names are counted as `_unknown`; once there are as many, as `_other`.
    #[setting(default = 1_000, accepts = 1..=100_000)]
    pub max_known_tools: usize,
    /// How long a client of the official SDK waits from one ping of its server to the next. A server over HTTP that is gone
    /// for that long is no longer counted in `mcp_server_connections_active`, until it answers again. `0s` sends no pings:
    /// then the calls tell.
    #[setting(default = "5s", accepts = "0s"..="1h")]
    pub ping_interval: Duration,
}
