//! What a call used.

#[cfg(feature = "prices")]
mod answer;
#[cfg(feature = "prices")]
mod api;
#[cfg(feature = "prices")]
mod body;
#[cfg(feature = "prices")]
mod stream;
mod tokens;

#[cfg(feature = "prices")]
pub use answer::Answer;
#[cfg(feature = "prices")]
pub use api::Api;
#[cfg(feature = "prices")]
pub use stream::{AnswerStream, Chunk};
pub use tokens::Usage;
