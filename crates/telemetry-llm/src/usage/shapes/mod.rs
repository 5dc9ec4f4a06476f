//! What stands where in the answers of each shape, as data.

mod amazon;
mod anthropic;
mod cohere;
mod google;
mod mistral;
mod of_api;
mod ollama;
mod openai;
mod shape;

pub(super) use shape::{Shape, Sign};
