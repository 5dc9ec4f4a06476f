//! The entry to this crate: what all calls, connections and look-ups share.

use std::fmt;
use std::sync::{Arc, OnceLock};

use telemetry_core::{Family, Meter, Single};

use crate::call::{ToolCall, ToolStart};
use crate::connection::Connection;
use crate::metrics::{LookupOutcome, McpServerMetrics, McpToolMetrics, RegistryMetrics};
use crate::registry::Lookup;
use crate::semconv::Conventions;
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
/// let call = mcp.tool("github", "search_issues");
/// call.span().in_scope(send);
/// call.succeed();
/// ```
#[derive(Clone)]
pub struct Mcp(Arc<Inner>);

struct Inner {
    tools: Family<McpToolMetrics>,
    servers: Family<McpServerMetrics>,
    registry: Single<RegistryMetrics>,
    conventions: Conventions,
}

impl Mcp {
    /// MCP recorded by this meter. The metrics of the semantic conventions are recorded beside it if the meter's
    /// settings ask for them (`TELEMETRY_SEMCONV=mcp`).
    #[must_use]
    pub fn new(meter: &Meter) -> Self {
        Self::builder(meter).build()
    }

    /// MCP recorded by this meter, with other options than the meter's settings.
    pub fn builder(meter: &Meter) -> McpBuilder<'_> {
        McpBuilder { meter, semconv: None }
    }

    /// MCP recorded by the process's meter; nothing is recorded before it is installed.
    #[must_use]
    pub fn global() -> &'static Self {
        static GLOBAL: OnceLock<Mcp> = OnceLock::new();
        GLOBAL.get_or_init(|| Self::new(&Meter::global()))
    }

    /// Starts the execution of a tool: its clock and its span `mcp.tool.execute`.
    pub fn tool<'a>(&'a self, server_id: &'a str, tool_name: &'a str) -> ToolCall<'a> {
        self.call(server_id, tool_name).start()
    }

    /// Prepares the execution of a tool of which more is known than its name.
    pub fn call<'a>(&'a self, server_id: &'a str, tool_name: &'a str) -> ToolStart<'a> {
        ToolStart::new(self, server_id, tool_name)
    }

    /// Counts a connection to a server until it is dropped.
    pub fn connection(&self, server_id: &str) -> Connection {
        Connection::open(self, Side::Client, server_id, None, true)
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
    pub fn lookup(&self) -> Lookup<'_> {
        Lookup::start(self)
    }

    pub(crate) fn tools(&self) -> &Family<McpToolMetrics> {
        &self.0.tools
    }

    pub(crate) fn servers(&self) -> &Family<McpServerMetrics> {
        &self.0.servers
    }

    pub(crate) fn registry(&self) -> &RegistryMetrics {
        &self.0.registry
    }

    pub(crate) fn conventions(&self) -> &Conventions {
        &self.0.conventions
    }
}

impl fmt::Debug for Mcp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mcp").finish_non_exhaustive()
    }
}

/// Options of [`Mcp`].
#[derive(Debug, Clone, Copy)]
#[must_use = "options do nothing before `build`"]
pub struct McpBuilder<'a> {
    meter: &'a Meter,
    semconv: Option<bool>,
}

impl McpBuilder<'_> {
    /// Whether the metrics `mcp.*` of the OpenTelemetry semantic conventions are recorded beside our own. Default: as
    /// the meter's settings say.
    pub fn semconv(self, semconv: bool) -> Self {
        Self { semconv: Some(semconv), ..self }
    }

    /// MCP with these options.
    #[must_use]
    pub fn build(self) -> Mcp {
        let Self { meter, semconv } = self;
        Mcp(Arc::new(Inner {
            tools: Family::new(meter),
            servers: Family::new(meter),
            registry: Single::new(meter),
            conventions: Conventions::new(meter, semconv),
        }))
    }
}
