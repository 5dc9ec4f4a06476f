//! Middleware for reqwest: raw HTTP calls to a provider are measured as they pass.

mod body;
mod endpoint;
mod events;
mod measure;

pub use measure::LlmMiddleware;
