//! Adapters for the official SDK, `rmcp`: its clients and servers, measured without a line in between.
//!
//! A client made by [`Mcp::client`](crate::Mcp::client) measures every call to a tool and counts its connection until the SDK's task of it
//! has ended. A server made by [`Mcp::server`](crate::Mcp::server) measures every tool that it runs. Both hand the trace on in
//! `params._meta`, so that the server's span is the child of the client's, whatever carries the messages.
//!
//! | how a call ends | outcome | error kind |
//! |---|---|---|
//! | a result | `success` | |
//! | a result with `isError` | `error` | `validation` where it or the known tools say that there is no such tool, or it that the arguments are refused; else `execution` |
//! | a JSON-RPC error | `error` | `validation` where the request was refused, else `execution` |
//! | the message cannot be sent, or the connection ends before the answer | `error` | `connection` |
//! | an answer that is none | `error` | `validation` |
//! | no answer within the time limit | `timeout` | `timeout` |
//! | the future is dropped | `cancelled` | |
//!
//! A model asks for tools that are none. Both sides know the real ones: the client from the answers to `tools/list` that
//! pass through its transport, whoever asks for them, and from a list of its own when the server says that its tools have
//! changed; the server from its handler's lists, its `get_tool`, and the tools that have answered. Any other name is
//! counted as `_unknown`. While a client has seen no list to its end, it counts as many names as a label may have values,
//! and further ones as `_other`.
//!
//! A server over HTTP may be gone while its client's transport stays. The client pings it
//! ([`McpSettings::ping_interval`](crate::McpSettings::ping_interval)), and its connection is not counted while the server
//! cannot be reached, or says nothing while no call to it is under way.
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
mod link;
mod peer;
mod refusal;
mod server;
mod transport;
mod watch;

pub use client::{ClientBuilder, McpClient};
pub use context::MetaCarrier;
pub use peer::McpPeer;
pub use server::{McpServer, ServerBuilder};
pub use transport::TrackedTransport;
