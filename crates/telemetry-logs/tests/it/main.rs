//! Behaviour of log lines through the public API: what stands in them, what does not, and the files that they go to.

mod corpus;
mod errors;
mod files;
mod fixture;
mod killed;
mod levels;
#[cfg(feature = "lifecycle")]
mod lifecycle;
mod masking;
#[cfg(feature = "axum")]
mod routes;
mod sampling;
mod schema;
mod stalls;
mod traces;
