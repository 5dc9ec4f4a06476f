//! Behaviour of the stream crate through its public API: streams in memory, and real sockets.

mod fixture;
mod guard;
mod hostile;
mod observed;
mod producers;
mod settings;
mod spans;

#[cfg(feature = "axum")]
mod client;
#[cfg(feature = "axum")]
mod delivery;
#[cfg(feature = "axum")]
mod many;
#[cfg(feature = "axum")]
mod partings;
#[cfg(feature = "axum")]
mod server;
#[cfg(feature = "axum")]
mod sse;
#[cfg(feature = "axum")]
mod websocket;
