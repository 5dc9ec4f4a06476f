//! The entry to this crate: what all calls, connections and look-ups share.

#[cfg(feature = "rmcp")]
use std::sync::Arc;

use telemetry_core::{Global, Lease, Meter, SettingsError, SettingsGroup as _, Shared};

use crate::call::{ToolCall, ToolStart};
use crate::connection::Connection;
use crate::inner::Inner;
use crate::metrics::LookupOutcome;
#[cfg(feature = "rmcp")]
use crate::names::ServerTools;
use crate::registry::Lookup;
use crate::settings::McpSettings;
use crate::side::Side;

/// The telemetry of MCP; cheap to clone.
///
/// ```
/// use telemetry_core::Meter;
/// use telemetry_mcp::Mcp;
///
/// # fn send() {}
/// let mcp = Mcp::new(&Meter::global());
/// let _connection = mcp.connection("github");
/// let call = mcp.start("github", "search_issues");
/// call.in_scope(send);
/// call.succeed();
/// ```
#[derive(Clone, Debug)]
pub struct Mcp(Shared<Inner>);

impl Mcp {
    /// MCP recorded by this meter, with the settings that it carries.
    #[must_use]
    pub fn new(meter: &Meter) -> Self {
        Self::build(meter, &meter.settings_of())
    }

    /// MCP recorded by this meter.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] when a setting is out of its range.
    pub fn with_settings(meter: &Meter, settings: McpSettings) -> Result<Self, SettingsError> {
        settings.validate()?;
        Ok(Self::build(meter, &settings))
    }

    /// MCP recorded by the process's meter, with the settings that it carries; before it is installed nothing is
    /// recorded, and the settings are the defaults.
    #[must_use]
    pub fn global() -> &'static Self {
        static GLOBAL: Global<Mcp> = Global::new();
        GLOBAL.get(Self::new)
    }

    fn build(meter: &Meter, settings: &McpSettings) -> Self {
        Self(Shared::new(Inner::new(meter, settings)))
    }

    /// Prepares the execution of a tool: what more is known of it than its name, and on which side it is measured.
    pub fn call<'a>(&'a self, server_id: &'a str, tool_name: &'a str) -> ToolStart<'a> {
        ToolStart::new(&self.0, server_id, tool_name)
    }

    /// Starts the execution of a tool at its client, of which nothing more is known:
    /// [`call`](Self::call)`(…).`[`start()`](ToolStart::start).
    pub fn start(&self, server_id: &str, tool_name: &str) -> ToolCall {
        self.call(server_id, tool_name).start()
    }

    /// Registers a server's tool, or a server alone where the tool's name is empty: neither is ever folded into `_other` or
    /// `_unknown`, whatever names a model makes up. It is for what the application knows; a client and a server of the
    /// official SDK learn their tools by themselves. A name of more than 256 bytes is none: it is counted as `_other`.
    ///
    /// The tool's counters are exported at 0 from now on
    /// ([`registered_zeros`](telemetry_core::MeterSettings::registered_zeros)); those of tools that are learned are not.
    ///
    /// ```
    /// use telemetry_mcp::Mcp;
    ///
    /// Mcp::global().register("github", "search_issues");
    /// ```
    pub fn register(&self, server_id: &str, tool_name: &str) {
        if !tool_name.is_empty() {
            self.learn([tool_name], server_id);
        }
        self.0.register(server_id, tool_name);
    }

    /// Tells all tools that a server has, as it has listed them: from now on any other name is counted as `_unknown`.
    /// Several lists add up. A client of the official SDK takes them from `tools/list` by itself.
    ///
    /// ```
    /// use telemetry_mcp::Mcp;
    ///
    /// Mcp::global().list_tools("github", ["search_issues", "close_issue"]);
    /// Mcp::global().start("github", "serach_issues").fail_rpc(-32602); // tool_name="_unknown"
    /// ```
    pub fn list_tools<'a>(&self, server_id: &str, tools: impl IntoIterator<Item = &'a str>) {
        self.learn(tools, server_id);
        for side in [Side::Client, Side::Server] {
            if let Some(known) = self.0.names.of(side, server_id) {
                known.listed();
            }
        }
    }

    fn learn<'a>(&self, tools: impl IntoIterator<Item = &'a str>, server_id: &str) {
        let sides = [Side::Client, Side::Server].map(|side| self.0.names.of(side, server_id));
        for tool in tools {
            for known in sides.iter().flatten() {
                known.learn(tool);
            }
        }
    }

    /// Counts a connection to a server until it is dropped.
    pub fn connection(&self, server_id: &str) -> Connection {
        Connection::open(self.lease(), Side::Client, server_id, None, true)
    }

    /// Times a look-up in the registry of tools: `Some` is a hit, `None` a miss.
    ///
    /// ```
    /// use std::collections::HashMap;
    ///
    /// use telemetry_mcp::Mcp;
    ///
    /// let tools = HashMap::from([("search_issues", 1)]);
    /// let found = Mcp::global().look_up(|| tools.get("search_issues"));
    /// assert_eq!(found, Some(&1));
    /// ```
    pub fn look_up<T>(&self, find: impl FnOnce() -> Option<T>) -> Option<T> {
        let lookup = self.lookup();
        let found = find();
        lookup.finish(if found.is_some() { LookupOutcome::Hit } else { LookupOutcome::Miss });
        found
    }

    /// Starts a look-up in the registry of tools that a closure cannot do.
    pub fn lookup(&self) -> Lookup {
        Lookup::start(self.lease())
    }

    pub(crate) fn lease(&self) -> Lease<Inner> {
        self.0.lease()
    }

    /// What a client's server is known to have.
    #[cfg(feature = "rmcp")]
    pub(crate) fn tools_of(&self, server_id: &str) -> Option<Arc<ServerTools>> {
        self.0.names.of(Side::Client, server_id)
    }

    /// What a server in this process is known to have.
    #[cfg(feature = "rmcp")]
    pub(crate) fn served_tools(&self, server_id: &str) -> Option<Arc<ServerTools>> {
        self.0.names.of(Side::Server, server_id)
    }

    #[cfg(feature = "rmcp")]
    pub(crate) fn settings(&self) -> &McpSettings {
        &self.0.settings
    }
}
