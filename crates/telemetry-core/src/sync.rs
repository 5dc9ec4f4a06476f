//! What the insert-only table is made of, named in one place so that the loom tests can put their own in.

pub(crate) use foldhash::fast::RandomState as HashState;
pub(crate) use std::sync::atomic::{AtomicUsize, Ordering};
pub(crate) use std::sync::{Mutex, OnceLock};

/// Slots of each segment: every next one is eight times as large, each is filled to a half.
pub(crate) const SEGMENT_SLOTS: [usize; 5] = [64, 512, 4_096, 32_768, 262_144];
