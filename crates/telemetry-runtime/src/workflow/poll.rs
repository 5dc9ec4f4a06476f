//! What polls find, and why waiting can end without a result.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

/// What one poll found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PollState<T, E> {
    /// Not done yet: the state, in a word of the workflow engine's (`RUNNING`).
    Running(Cow<'static, str>),
    /// Done, with this result.
    Completed(T),
    /// The workflow, or asking for its state, failed.
    Failed(E),
}

impl<T, E> PollState<T, E> {
    /// Not done yet.
    pub fn running(state: impl Into<Cow<'static, str>>) -> Self {
        Self::Running(state.into())
    }

    pub(super) fn state(&self) -> &str {
        match self {
            Self::Running(state) => state,
            Self::Completed(_) => "completed",
            Self::Failed(_) => "failed",
        }
    }
}

/// Why waiting ended without a result.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
pub enum WaitError<E> {
    /// The time was over.
    #[error("the workflow was not done after {} ms and {polls} polls", .timeout.as_millis())]
    TimedOut {
        /// The time it was given.
        timeout: Duration,
        /// How often it was asked for its state.
        polls: u64,
    },
    /// The workflow, or asking for its state, failed.
    #[error("the workflow failed")]
    Failed(#[source] E),
}

/// What is wrong in words, as of all our errors: `main` prints this.
impl<E: fmt::Debug> fmt::Debug for WaitError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TimedOut { .. } => write!(f, "{self}"),
            Self::Failed(error) => write!(f, "{self}: {error:?}"),
        }
    }
}
