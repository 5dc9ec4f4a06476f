//! The closed labels of this crate's metrics, as the application names them.

pub use crate::metrics::{CloseReason, StreamKind, Transport};
