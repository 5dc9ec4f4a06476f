//! The order of the house: what every crate and every file keeps to, beyond what the compiler and clippy check.

mod circles;
mod decisions;
mod example;
mod front_doors;
mod manifests;
mod paths;
mod runbooks;
mod security;
mod source;
mod sources;
mod types;
mod wiring;
pub(crate) mod workspace;
