//! Behaviour of the LLM crate through its public API.

mod answers;
mod attempts;
mod cases;
mod content;
mod conventions;
mod conversation;
mod factory;
mod failures;
mod fixture;
#[cfg(feature = "tracing-layer")]
mod foreign;
#[cfg(feature = "bedrock")]
mod frames;
mod guard;
mod hostile_store;
#[cfg(feature = "reqwest")]
mod hosts;
#[cfg(feature = "reqwest")]
mod large_answers;
#[cfg(feature = "reqwest")]
mod middleware;
mod names;
#[cfg(feature = "reqwest")]
mod passing;
mod prices;
mod queue;
mod said;
mod scope;
mod settings;
mod spans;
mod streams;
mod tool_calls;
#[cfg(feature = "tower")]
mod tower_attempts;
#[cfg(feature = "tower")]
mod tower_bodies;
#[cfg(feature = "tower")]
mod tower_layers;
#[cfg(feature = "tower")]
mod tower_retries;
#[cfg(feature = "tower")]
mod tower_stand_in;
mod traffic;
mod usage;
