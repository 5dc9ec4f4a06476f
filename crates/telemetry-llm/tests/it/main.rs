//! Behaviour of the LLM crate through its public API.

mod attempts;
mod content;
mod failures;
mod fixture;
mod guard;
mod names;
mod prices;
mod spans;
mod streams;
mod usage;
