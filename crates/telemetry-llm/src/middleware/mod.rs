//! Middleware for reqwest: raw HTTP calls to a provider are measured as they pass.

mod asked;
mod body;
mod endpoint;
mod measure;
mod reading;

pub use measure::LlmMiddleware;
