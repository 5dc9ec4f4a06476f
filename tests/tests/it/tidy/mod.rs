//! The order of the house: what every crate and every file keeps to, beyond what the compiler and clippy check.

mod manifests;
mod runbooks;
mod source;
mod sources;
pub(crate) mod workspace;
