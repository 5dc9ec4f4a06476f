//! The closed labels of this crate's metrics, and what else the application names by a value out of a few.

pub use crate::metrics::{ErrorKind, LookupOutcome, Outcome};
pub use crate::side::Network;
