//! An insert-only hash table that is read without locks.
//!
//! Slots are `OnceLock`s in segments that are only ever added, so a reader needs one acquire load a slot and a
//! reference that it finds stays valid as long as the table. Inserts, which are rare, take a mutex.

use std::hash::{BuildHasher, Hasher};

use crate::sync::{AtomicUsize, HashState, Mutex, OnceLock, Ordering, SEGMENT_SLOTS};

/// The most strings a key has.
pub(crate) const MAX_PARTS: usize = 5;

/// Maps a key of up to [`MAX_PARTS`] strings to a value, for ever.
pub(crate) struct Table<V> {
    hasher: HashState,
    segments: [OnceLock<Segment<V>>; SEGMENT_SLOTS.len()],
    inserting: Mutex<()>,
    len: AtomicUsize,
}

type Segment<V> = Box<[OnceLock<Entry<V>>]>;

struct Entry<V> {
    hash: u64,
    key: Key,
    value: V,
}

/// The strings of a key, one after the other, and where each ends.
struct Key {
    bytes: Box<[u8]>,
    ends: [u32; MAX_PARTS],
}

/// The table holds as many keys as it may.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Full;

impl<V> Table<V> {
    pub(crate) fn new() -> Self {
        Self {
            hasher: HashState::default(),
            segments: std::array::from_fn(|_| OnceLock::new()),
            inserting: Mutex::new(()),
            len: AtomicUsize::new(0),
        }
    }

    /// How many keys are in it.
    pub(crate) fn len(&self) -> usize {
        self.len.load(Ordering::Acquire)
    }

    #[inline]
    pub(crate) fn get(&self, parts: &[&str]) -> Option<&V> {
        self.find(self.hash(parts), parts)
    }

    /// The value of the key, made by `make` if the key is new and fewer than `limit` keys are known.
    pub(crate) fn get_or_insert(&self, parts: &[&str], limit: usize, make: impl FnOnce() -> V) -> Result<&V, Full> {
        let hash = self.hash(parts);
        if let Some(value) = self.find(hash, parts) {
            return Ok(value);
        }
        let _inserting = self.inserting.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(value) = self.find(hash, parts) {
            return Ok(value);
        }
        let len = self.len();
        let segment = self.segment_for(len).filter(|_| len < limit).ok_or(Full)?;
        let mut slot = first_slot(hash, segment.len());
        while segment[slot].get().is_some() {
            slot = (slot + 1) & (segment.len() - 1);
        }
        // Nobody else fills a slot while the mutex is held, so `set` succeeds.
        let _ = segment[slot].set(Entry { hash, key: Key::new(parts), value: make() });
        self.len.store(len + 1, Ordering::Release);
        segment[slot].get().map(|entry| &entry.value).ok_or(Full)
    }

    /// The segment into which the key number `len` goes; made if it is the segment's first.
    fn segment_for(&self, len: usize) -> Option<&Segment<V>> {
        let mut below = 0;
        for (segment, slots) in self.segments.iter().zip(SEGMENT_SLOTS) {
            below += slots / 2;
            if len < below {
                if segment.get().is_none() {
                    let _ = segment.set((0..slots).map(|_| OnceLock::new()).collect());
                }
                return segment.get();
            }
        }
        None
    }

    #[inline]
    fn find(&self, hash: u64, parts: &[&str]) -> Option<&V> {
        for segment in &self.segments {
            let segment = segment.get()?;
            let mut slot = first_slot(hash, segment.len());
            while let Some(entry) = segment[slot & (segment.len() - 1)].get() {
                if entry.hash == hash && entry.key.matches(parts) {
                    return Some(&entry.value);
                }
                slot += 1;
            }
        }
        None
    }

    #[inline]
    fn hash(&self, parts: &[&str]) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        for part in parts {
            hasher.write(part.as_bytes());
            // Keeps ("ab", "c") apart from ("a", "bc").
            hasher.write_u8(0xff);
        }
        hasher.finish()
    }
}

#[inline]
fn first_slot(hash: u64, slots: usize) -> usize {
    // The slots are a power of two and far fewer than 2^32, so the truncation only drops bits that the mask drops.
    (hash as usize) & (slots - 1)
}

impl Key {
    fn new(parts: &[&str]) -> Self {
        let mut ends = [0; MAX_PARTS];
        let mut bytes = Vec::with_capacity(parts.iter().map(|part| part.len()).sum());
        for (part, end) in parts.iter().zip(&mut ends) {
            bytes.extend_from_slice(part.as_bytes());
            *end = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        }
        Self { bytes: bytes.into_boxed_slice(), ends }
    }

    #[inline]
    fn matches(&self, parts: &[&str]) -> bool {
        if let [only] = parts {
            return *self.bytes == *only.as_bytes();
        }
        let mut start = 0;
        for (part, end) in parts.iter().zip(self.ends) {
            let end = end as usize;
            if self.bytes.get(start..end) != Some(part.as_bytes()) {
                return false;
            }
            start = end;
        }
        true
    }
}
