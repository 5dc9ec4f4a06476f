//! Names that stay: in a table that is only ever added to, so that a call finds its own without a lock or a count.

use std::iter::successors;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::name::Name;

/// How many names there may be for one of this standing to be added: what anybody makes up leaves room for what the
/// price table knows, and both together for as many names again that the application registers.
const ROOM_FOR_ANY: usize = 512;
const ROOM_FOR_PRICED: usize = 1_024;
const ROOM_FOR_REGISTERED: usize = 2_048;

/// A power of two, and as many as there may be names, so that few share one.
const BUCKETS: usize = ROOM_FOR_REGISTERED;

/// How much a name may count on being remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Anybody may have made it up.
    Any,
    /// The price table knows its model.
    Priced,
    /// The application has chosen it.
    Registered,
}

/// Names that stay where they are.
pub(super) struct Lasting {
    buckets: Box<[Link]>,
    len: AtomicUsize,
    inserting: Mutex<()>,
}

/// The end of a bucket's chain, or one more name.
type Link = OnceLock<Box<Kept>>;

struct Kept {
    hash: u64,
    name: Arc<Name>,
    next: Link,
}

/// Where a name is.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    bucket: u32,
    depth: u32,
}

impl Lasting {
    pub(super) fn new() -> Self {
        let buckets = (0..BUCKETS).map(|_| Link::new()).collect();
        Self { buckets, len: AtomicUsize::new(0), inserting: Mutex::new(()) }
    }

    pub(super) fn find(&self, hash: u64, provider: &str, model: &str) -> Option<Place> {
        let bucket = bucket(hash);
        let is_it = |kept: &Kept| kept.hash == hash && kept.name.is_spelled(provider, model);
        let depth = self.chain(bucket).position(is_it)?;
        // Of 2,048 buckets with as many names.
        Some(Place { bucket: bucket as u32, depth: depth as u32 })
    }

    pub(super) fn at(&self, place: Place) -> Option<&Name> {
        self.chain(place.bucket as usize).nth(place.depth as usize).map(|kept| &*kept.name)
    }

    /// Adds a name, unless there is no room for one of its standing.
    pub(super) fn add(&self, hash: u64, name: &Arc<Name>, standing: Standing) -> Option<Place> {
        let room = match standing {
            Standing::Any => ROOM_FOR_ANY,
            Standing::Priced => ROOM_FOR_PRICED,
            Standing::Registered => ROOM_FOR_REGISTERED,
        };
        // That there is none is told without the lock: names without end go this way.
        if self.len.load(Ordering::Relaxed) >= room {
            return None;
        }
        let _inserting = self.inserting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = self.find(hash, name.spelled_provider(), name.spelled_model()) {
            return Some(place);
        }
        let len = self.len.load(Ordering::Relaxed);
        if len >= room {
            return None;
        }
        let bucket = bucket(hash);
        let depth = self.chain(bucket).count();
        let end = self.chain(bucket).last().map_or(&self.buckets[bucket], |last| &last.next);
        // Nobody else lengthens a chain while the lock is held, so that this is its end.
        let _ = end.set(Box::new(Kept { hash, name: Arc::clone(name), next: Link::new() }));
        self.len.store(len + 1, Ordering::Relaxed);
        Some(Place { bucket: bucket as u32, depth: depth as u32 })
    }

    fn chain(&self, bucket: usize) -> impl Iterator<Item = &Kept> {
        let first = self.buckets.get(bucket).and_then(|link| link.get());
        successors(first, |kept| kept.next.get()).map(|kept| &**kept)
    }
}

fn bucket(hash: u64) -> usize {
    // The buckets are a power of two, so that the truncation only drops bits that the mask drops.
    hash as usize & (BUCKETS - 1)
}
