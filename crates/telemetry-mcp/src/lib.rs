#![doc = include_str!("../README.md")]

mod call;
mod connection;
mod inner;
pub mod labels;
mod mcp;
mod metrics;
#[cfg(feature = "mixin")]
pub mod mixin;
mod names;
mod registry;
#[cfg(feature = "rmcp")]
pub mod sdk;
mod semconv;
mod settings;
mod side;

pub use call::{ToolCall, ToolStart};
pub use connection::Connection;
pub use mcp::Mcp;
pub use metrics::CATALOGUE;
#[doc(hidden)]
pub use metrics::{McpServerMetrics, McpToolMetrics, RegistryMetrics};
pub use registry::Lookup;
pub use semconv::CONVENTIONS;
pub use settings::McpSettings;
