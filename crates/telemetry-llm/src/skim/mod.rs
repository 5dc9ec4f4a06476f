//! What is needed of a document, whatever its size.

#[cfg(feature = "prices")]
mod body;
mod document;
mod skimmer;
mod text;

#[cfg(feature = "prices")]
pub(crate) use body::BodyReader;
#[cfg(feature = "prices")]
pub(crate) use document::SMALL;
#[cfg(any(feature = "reqwest", feature = "tower"))]
pub(crate) use document::parse;
pub(crate) use document::value;
#[cfg(any(feature = "reqwest", feature = "tower"))]
pub(crate) use skimmer::Skimmer;
