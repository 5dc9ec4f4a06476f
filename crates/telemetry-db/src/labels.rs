//! The closed labels of this crate's metrics, and what else is named by one value out of a few.

pub use crate::metrics::DbOperation;
pub use crate::system::System;
pub use crate::tables::{NONE, SEVERAL, UNKNOWN};
