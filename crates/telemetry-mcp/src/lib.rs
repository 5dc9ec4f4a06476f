//! Telemetry of MCP tools, connections to MCP servers, and the registry of tools.
//!
//! Everything starts at [`Mcp`], from a meter (`new`) or for the whole process (`global`):
//!
//! - [`Mcp::call`]: a guard around one execution of a tool, at the client that calls it or at the server that runs it.
//! - [`Mcp::connection`]: counts a connection to a server as long as it is held.
//! - [`Mcp::look_up`]: times a look-up in the registry of tools.
//!
//! A guard records duration, outcome, error, span and log event when it ends. Dropped unfinished, it records the outcome
//! `cancelled` and no error. The arguments of a tool and its results are never recorded.
//!
//! ```
//! use telemetry_mcp::Mcp;
//! use telemetry_mcp::labels::ErrorKind;
//!
//! # async fn send() -> Result<String, std::io::Error> { Ok(String::new()) }
//! # async fn example() -> Result<String, std::io::Error> {
//! let call = Mcp::global().start("github", "search_issues");
//! match call.instrument(send()).await {
//!     Ok(issues) => {
//!         call.succeed();
//!         Ok(issues)
//!     }
//!     Err(error) => {
//!         call.fail(ErrorKind::Connection);
//!         Err(error)
//!     }
//! }
//! # }
//! ```
//!
//! With the feature `rmcp` the official SDK does all of that by itself: see the module `sdk`.

mod call;
mod connection;
mod inner;
mod mcp;
mod metrics;
#[cfg(feature = "mixin")]
pub mod mixin;
mod registry;
#[cfg(feature = "rmcp")]
pub mod sdk;
mod semconv;
mod side;

pub use call::{ToolCall, ToolStart};
pub use connection::Connection;
pub use mcp::{Mcp, McpBuilder};
pub use metrics::{CATALOGUE, McpServerMetrics, McpToolMetrics, RegistryMetrics};
pub use registry::Lookup;

/// The closed labels of this crate's metrics, as the application names them.
pub mod labels {
    pub use crate::metrics::{ErrorKind, LookupOutcome, Outcome};
    pub use crate::side::Network;
}
