//! Why a provider failed, told from what it answered.

mod body;
mod class;
mod retry_after;
mod status;

pub use class::Failure;
