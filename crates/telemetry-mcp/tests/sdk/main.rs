//! The adapters for the official SDK, with its own clients and servers on both sides.
#![cfg(feature = "rmcp")]

mod canary;
mod duplex;
mod fixture;
mod handler;
mod hostile;
mod http;
mod liveness;
mod names;
mod peer;
mod settings;
mod stdio;
