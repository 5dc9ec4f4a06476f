//! Names by their spellings, in a table that is only ever added to.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use foldhash::fast::RandomState;

use super::name::Name;

/// How many spellings are remembered; beyond that each is worked out anew.
const MOST_KNOWN: usize = 2_000;
/// A power of two, so that even a full table has but a few spellings a bucket.
const BUCKETS: usize = 512;

/// Names by their spellings. One that is known is found without a lock, and stays where it is: a guard keeps its
/// [`NameId`] and no part in it that would have to be counted.
pub(crate) struct Names {
    /// Models by the names of their deployments.
    deployments: BTreeMap<String, String>,
    hasher: RandomState,
    buckets: Box<[Link]>,
    known: AtomicUsize,
    inserting: Mutex<()>,
    /// What an id of another table stands for.
    unknown: Name,
}

/// The end of a bucket's chain, or one more spelling.
type Link = OnceLock<Box<Spelling>>;

struct Spelling {
    provider: Box<str>,
    model: Box<str>,
    name: Name,
    next: Link,
}

/// Where a name is.
#[derive(Clone)]
pub(crate) enum NameId {
    Known(Place),
    /// There is no room for it among the others.
    Apart(std::sync::Arc<Name>),
}

#[derive(Clone, Copy)]
pub(crate) struct Place {
    bucket: u32,
    depth: u32,
}

impl Names {
    pub(crate) fn new(deployments: BTreeMap<String, String>) -> Self {
        Self {
            deployments,
            hasher: RandomState::default(),
            buckets: (0..BUCKETS).map(|_| Link::new()).collect(),
            known: AtomicUsize::new(0),
            inserting: Mutex::new(()),
            unknown: Name::new("", ""),
        }
    }

    /// Where the name of this spelling is, which is remembered while there is room.
    pub(crate) fn find(&self, provider: &str, model: &str) -> NameId {
        let bucket = self.bucket(provider, model);
        self.look(bucket, provider, model).map_or_else(|| self.add(bucket, provider, model), NameId::Known)
    }

    pub(crate) fn at<'a>(&'a self, id: &'a NameId) -> &'a Name {
        match id {
            NameId::Known(place) => {
                let spelling = self.chain(place.bucket as usize).nth(place.depth as usize);
                spelling.map_or(&self.unknown, |spelling| &spelling.name)
            }
            NameId::Apart(name) => name,
        }
    }

    fn look(&self, bucket: usize, provider: &str, model: &str) -> Option<Place> {
        let depth = self.chain(bucket).position(|known| *known.model == *model && *known.provider == *provider)?;
        // Of 512 buckets with 2,000 spellings.
        Some(Place { bucket: bucket as u32, depth: depth as u32 })
    }

    #[cold]
    fn add(&self, bucket: usize, provider: &str, model: &str) -> NameId {
        let called = self.deployments.get(model).map_or(model, String::as_str);
        let name = Name::new(provider, called);
        // A full table is told without its lock: everything new goes this way then.
        if self.known.load(Ordering::Relaxed) >= MOST_KNOWN {
            return NameId::Apart(name.into());
        }
        let _inserting = self.inserting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = self.look(bucket, provider, model) {
            return NameId::Known(place);
        }
        let known = self.known.load(Ordering::Relaxed);
        let depth = self.chain(bucket).count();
        let end = self.chain(bucket).last().map_or(&self.buckets[bucket], |last| &last.next);
        if known >= MOST_KNOWN {
            return NameId::Apart(name.into());
        }
        let spelling = Spelling { provider: provider.into(), model: model.into(), name, next: Link::new() };
        // Nobody else lengthens a chain while the lock is held, so that this is its end.
        let _ = end.set(Box::new(spelling));
        self.known.store(known + 1, Ordering::Relaxed);
        NameId::Known(Place { bucket: bucket as u32, depth: depth as u32 })
    }

    fn chain(&self, bucket: usize) -> impl Iterator<Item = &Spelling> {
        let first = self.buckets.get(bucket).and_then(|link| link.get());
        std::iter::successors(first, |spelling| spelling.next.get()).map(|spelling| &**spelling)
    }

    fn bucket(&self, provider: &str, model: &str) -> usize {
        let mut hasher = self.hasher.build_hasher();
        // The hasher stirs in the length of each write, so ("ab", "c") and ("a", "bc") differ.
        hasher.write(provider.as_bytes());
        hasher.write(model.as_bytes());
        // The buckets are a power of two, so that the truncation only drops bits that the mask drops.
        hasher.finish() as usize & (BUCKETS - 1)
    }
}
