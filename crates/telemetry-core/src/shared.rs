//! What many guards on many threads share, without a reference count that they fight over.

use std::cell::Cell;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many counts there are: a power of two, more than the threads that usually run at once.
const SHARDS: usize = 16;

/// What an entry type shares with its guards; cheap to clone.
///
/// An [`Arc`] has one count, and two threads that clone and drop it all the time pass its line of the cache to and fro:
/// several times what a whole guard costs. Here a guard takes a [`Lease`], which counts in one of several places, each
/// on a line of its own and as a rule touched by one thread alone.
///
/// ```
/// use telemetry_core::Shared;
///
/// let tills = Shared::new(vec!["north", "south"]);
/// let lease = tills.lease(); // owned, `Send` and `'static`: it goes wherever a guard goes
/// drop(tills);
/// assert_eq!(lease[0], "north");
/// ```
pub struct Shared<T> {
    value: Arc<T>,
    shards: Arc<[Lease<T>; SHARDS]>,
}

/// A part in what a [`Shared`] holds: keeps it alive.
pub struct Lease<T>(Arc<Shard<T>>);

/// The count of the `Arc` around it stands before it, on a line of the cache (two, as processors fetch them in pairs)
/// that no other count is on.
#[repr(align(128))]
struct Shard<T>(Arc<T>);

static NEXT_THREAD: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static THREAD: Cell<usize> = const { Cell::new(usize::MAX) };
}

/// The place in which this thread counts.
#[inline]
fn shard_of_thread() -> usize {
    let mut thread = THREAD.get();
    if thread == usize::MAX {
        thread = NEXT_THREAD.fetch_add(1, Ordering::Relaxed) % SHARDS;
        THREAD.set(thread);
    }
    thread
}

impl<T> Shared<T> {
    /// Shares this value.
    #[must_use]
    pub fn new(value: T) -> Self {
        let value = Arc::new(value);
        let shards = std::array::from_fn(|_| Lease(Arc::new(Shard(Arc::clone(&value)))));
        Self { value, shards: Arc::new(shards) }
    }

    /// A part in it for a guard. Costs no allocation.
    #[inline]
    #[must_use]
    pub fn lease(&self) -> Lease<T> {
        self.shards[shard_of_thread()].clone()
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self { value: Arc::clone(&self.value), shards: Arc::clone(&self.shards) }
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        T::fmt(self, f)
    }
}

impl<T> Clone for Lease<T> {
    /// Another part, counted where this one is.
    #[inline]
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Deref for Lease<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.0.0
    }
}

impl<T: fmt::Debug> fmt::Debug for Lease<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        T::fmt(self, f)
    }
}
