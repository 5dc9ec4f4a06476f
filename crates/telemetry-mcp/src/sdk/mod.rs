//! Adapters for the official SDK, `rmcp`: its clients and servers, measured without a line in between.
//!
//! A client made by [`Mcp::client`](crate::Mcp::client) measures every call to a tool and counts its connection until the SDK's task of it
//! has ended. A server made by [`Mcp::server`](crate::Mcp::server) measures every tool that it runs. Both hand the trace on in
//! `params._meta`, so that the server's span is the child of the client's, whatever carries the messages.
//!
//! | how a call ends | outcome | error kind |
//! |---|---|---|
//! | a result | `success` | |
//! | a result with `isError` | `error` | `execution` |
//! | a JSON-RPC error | `error` | `validation` where the request was refused, else `execution` |
//! | the message cannot be sent, or the connection ends before the answer | `error` | `connection` |
//! | an answer that is none | `error` | `validation` |
//! | no answer within the time limit | `timeout` | `timeout` |
//! | the future is dropped | `cancelled` | |
//!
//! The SDK writes log events that hold requests and results. `Telemetry` exports none of them; an application with a
//! subscriber of its own turns the target `rmcp` off.
//!
//! ```
//! use std::time::Duration;
//!
//! use rmcp::model::CallToolRequestParams;
//! use telemetry_mcp::Mcp;
//! use telemetry_mcp::labels::Network;
//!
//! # async fn example(
//! #     transport: tokio::io::DuplexStream,
//! # ) -> Result<(), Box<dyn std::error::Error>> {
//! let client = Mcp::global().client("github").network(Network::Pipe).timeout(Duration::from_secs(30));
//! let client = client.serve((), transport).await?;
//! let result = client.call_tool(CallToolRequestParams::new("search_issues")).await?;
//! client.cancel().await?;
//! # Ok(())
//! # }
//! ```

mod client;
mod context;
mod entry;
mod failure;
mod known;
mod peer;
mod server;
mod transport;

pub use client::{ClientBuilder, McpClient};
pub use context::MetaCarrier;
pub use peer::McpPeer;
pub use server::{McpServer, ServerBuilder};
pub use transport::TrackedTransport;
