//! What a call used.

#[cfg(feature = "prices")]
mod answer;
#[cfg(feature = "prices")]
mod api;
#[cfg(feature = "prices")]
mod body;
#[cfg(feature = "prices")]
mod counts;
#[cfg(feature = "prices")]
mod field;
#[cfg(feature = "prices")]
mod path;
#[cfg(feature = "prices")]
mod pieces;
#[cfg(feature = "prices")]
mod providers;
#[cfg(feature = "prices")]
mod shapes;
#[cfg(feature = "prices")]
mod stream;
#[cfg(feature = "prices")]
mod table;
mod tokens;
#[cfg(feature = "prices")]
mod tool_calls;

#[cfg(feature = "prices")]
pub use answer::Answer;
#[cfg(feature = "prices")]
pub use api::Api;
#[cfg(feature = "prices")]
pub use stream::{AnswerStream, Chunk};
#[cfg(feature = "prices")]
pub use table::shapes_as_markdown;
pub use tokens::Usage;
