//! Checks over HTTP, with a client of their own.

mod client;
mod endpoint;
mod error;
mod tls;

pub use endpoint::HttpCheck;
pub use error::HttpCheckError;
