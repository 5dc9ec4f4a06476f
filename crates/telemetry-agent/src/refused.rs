//! What cannot be, told to a caller who asks.

use crate::metrics::Column;

/// Why something was refused: it cannot be, as far as is known here. Nothing has changed.
///
/// Only methods that begin with `try_` refuse. The others record what their caller says as it is seen.
#[derive(Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// There is one of that id already.
    #[error("there is one of that id already")]
    Exists,
    /// It was removed, or has ended.
    #[error("it was removed, or has ended")]
    Gone,
    /// A task does not go from one of these columns to the other.
    #[error("a task does not go from {} to {}", name(.from), name(.to))]
    Move {
        /// The column that the task is in.
        from: Column,
        /// The column that it was to go to.
        to: Column,
    },
    /// A task in that column neither waits for an agent nor is worked on.
    #[error("a task in {} is not to be worked on", name(.column))]
    NotToBeDone {
        /// The column that the task is in.
        column: Column,
    },
    /// The task waits in the queue already.
    #[error("the task waits in the queue already")]
    Queued,
    /// The task does not wait in the queue.
    #[error("the task does not wait in the queue")]
    NotQueued,
    /// The agent has a run under way.
    #[error("the agent has a run under way")]
    Busy,
    /// As many agents of the project run as may.
    #[error("{running} agents of the project run, and {max} may")]
    ConcurrencyLimit {
        /// How many runs are under way.
        running: u32,
        /// How many there may be.
        max: u32,
    },
    /// The run has had as many turns as it may.
    #[error("the run has had {turns} turns, and may have {max}")]
    TurnLimit {
        /// How many turns it has had.
        turns: u32,
        /// How many it may have.
        max: u32,
    },
    /// The run is paused already.
    #[error("the run is paused already")]
    Paused,
    /// The run is not paused.
    #[error("the run is not paused")]
    NotPaused,
}

telemetry_core::debug_as_display!(Refused);

fn name(column: &Column) -> &'static str {
    telemetry_core::Label::as_str(*column)
}
