//! Calls that other libraries tell of in their spans, by the conventions' attributes.

mod failure;
mod layer;
mod names;
mod observed;
mod said;
mod tokens;
mod wanted;

pub use layer::GenAiLayer;
