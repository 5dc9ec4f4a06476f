//! The values of this crate's labels.

pub use crate::metrics::{CpuMode, MemoryType};
