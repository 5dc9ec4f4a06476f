//! Why a provider failed, told from what it answered.

mod body;
mod class;
mod names;
mod phrases;
mod retry_after;
mod status;

pub use class::Failure;
