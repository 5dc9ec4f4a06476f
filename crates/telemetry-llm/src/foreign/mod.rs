//! Calls that other libraries tell of in their spans, by the conventions' attributes.

mod description;
mod failure;
mod layer;
mod names;
mod observed;
mod tokens;
mod wanted;

pub use layer::GenAiLayer;
