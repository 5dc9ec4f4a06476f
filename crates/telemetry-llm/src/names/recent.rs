//! Names that were used lately: each may take the place of one that is used no more.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use arc_swap::ArcSwapOption;

use super::name::Name;

/// A power of two.
const SETS: usize = 512;
const WAYS: usize = 4;

/// The names used lately, found without a lock: some 2,000, four for each remainder of their hashes.
pub(super) struct Recent(Box<[Set]>);

#[derive(Default)]
struct Set {
    ways: [ArcSwapOption<Seen>; WAYS],
    /// The way whose turn it is to make room.
    hand: AtomicUsize,
}

struct Seen {
    hash: u64,
    name: Arc<Name>,
    /// Whether it was asked for since it last was its turn to make room, so that names that occur but once go first.
    is_used: AtomicBool,
}

impl Recent {
    pub(super) fn new() -> Self {
        Self((0..SETS).map(|_| Set::default()).collect())
    }

    pub(super) fn find(&self, hash: u64, provider: &str, model: &str) -> Option<Arc<Name>> {
        self.set(hash).ways.iter().find_map(|way| {
            let way = way.load();
            let seen = way.as_ref().filter(|seen| seen.hash == hash && seen.name.is_spelled(provider, model))?;
            // Written only where it changes, so that threads do not fight over the line.
            if !seen.is_used.load(Ordering::Relaxed) {
                seen.is_used.store(true, Ordering::Relaxed);
            }
            Some(Arc::clone(&seen.name))
        })
    }

    /// Adds a name. Should another thread add it too, it is there twice, which harms nobody.
    pub(super) fn add(&self, hash: u64, name: &Arc<Name>) {
        let set = self.set(hash);
        let mut way = 0;
        // After one round each of them is unused, unless it was used meanwhile.
        for _ in 0..=WAYS {
            way = set.hand.fetch_add(1, Ordering::Relaxed) % WAYS;
            let is_used = set.ways[way].load().as_ref().is_some_and(|seen| seen.is_used.swap(false, Ordering::Relaxed));
            if !is_used {
                break;
            }
        }
        set.ways[way].store(Some(Arc::new(Seen { hash, name: Arc::clone(name), is_used: AtomicBool::new(false) })));
    }

    fn set(&self, hash: u64) -> &Set {
        // Other bits than those that choose among the names that stay. The truncation only drops what the mask drops.
        &self.0[(hash >> 32) as usize & (SETS - 1)]
    }
}
