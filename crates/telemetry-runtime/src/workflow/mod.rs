//! Waits for workflows that are polled until they end.

mod entry;
mod poll;
mod wait;

pub use entry::Workflows;
pub use poll::{PollState, WaitError};
pub use wait::WorkflowWait;
