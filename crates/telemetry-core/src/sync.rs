//! What the parts without locks are made of, named in one place so that the loom tests can put their own in.

pub(crate) use foldhash::fast::RandomState as HashState;
pub(crate) use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
pub(crate) use std::sync::{Mutex, OnceLock};

/// Slots of each segment, a power of two: every next one is four times as large. Each is filled to three quarters.
pub(crate) const SEGMENT_SLOTS: [usize; 7] = [64, 256, 1_024, 4_096, 16_384, 65_536, 262_144];
