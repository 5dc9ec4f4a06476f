//! Behaviour of the MCP crate through its public API, without the SDK.

mod connection;
mod conventions;
mod fixture;
mod guard;
mod names;
mod registry;
mod settings;
