//! Waits for workflows that are polled until they end.

mod entry;
mod instruments;
mod poll;
mod settings;
mod wait;

pub use entry::Workflows;
pub use poll::{PollState, WaitError};
pub use settings::WorkflowSettings;
pub use wait::WorkflowWait;
