//! The primitives of the insert-only table, named in one place so that the loom tests can put their own in.

pub(crate) use std::sync::atomic::{AtomicUsize, Ordering};
pub(crate) use std::sync::{Mutex, OnceLock};
