//! The entry to this crate: what all calls, connections and look-ups share.

use std::sync::OnceLock;

use telemetry_core::{Lease, Meter, Shared};

use crate::call::{ToolCall, ToolStart};
use crate::connection::Connection;
use crate::inner::Inner;
use crate::metrics::LookupOutcome;
use crate::registry::Lookup;
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

    /// Prepares the execution of a tool: what more is known of it than its name, and on which side it is measured.
    pub fn call<'a>(&'a self, server_id: &'a str, tool_name: &'a str) -> ToolStart<'a> {
        ToolStart::new(&self.0, server_id, tool_name)
    }

    /// Starts the execution of a tool at its client, of which nothing more is known:
    /// [`call`](Self::call)`(…).`[`start()`](ToolStart::start).
    pub fn start(&self, server_id: &str, tool_name: &str) -> ToolCall {
        self.call(server_id, tool_name).start()
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
        Mcp(Shared::new(Inner::new(meter, semconv)))
    }
}
