//! The closed labels of this crate's metrics: what callers name, and what queries can ask for.

pub use crate::metrics::{AsyncKind, ErrorKind, ExecutionKind, ExitStatus, Outcome, PollOutcome};
