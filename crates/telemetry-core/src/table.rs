//! An insert-only hash table that is read without locks.
//!
//! Slots are `OnceLock`s in segments that are only ever added, so a reader needs one acquire load a slot and a
//! reference that it finds stays valid as long as the table. Inserts, which are rare, take a mutex.

use std::hash::{BuildHasher, Hasher};

use crate::sync::{AtomicUsize, HashState, Mutex, OnceLock, Ordering, SEGMENT_SLOTS};

/// The most strings a key has.
pub(crate) const MAX_PARTS: usize = 5;

/// The most bytes that a string of a key has; the rest of a longer one is not hashed. Nobody enters one, but a peer may ask
/// for it all day long.
pub(crate) const LONGEST_PART: usize = 1024;

/// Maps a key of up to [`MAX_PARTS`] strings to a value, for ever.
pub(crate) struct Table<V> {
    hasher: HashState,
    /// The segment that was added last. A look-up begins there, because it holds more keys than all before it.
    newest: AtomicUsize,
    segments: [OnceLock<Segment<V>>; SEGMENT_SLOTS.len()],
    inserting: Mutex<()>,
    len: AtomicUsize,
}

type Segment<V> = Box<[Slot<V>]>;

/// As large as a line of the cache, so that a look-up reads one.
#[repr(align(64))]
struct Slot<V>(OnceLock<Entry<V>>);

struct Entry<V> {
    hash: u64,
    value: V,
    key: Key,
}

/// Where a key lies: it stays there as long as the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    segment: u8,
    slot: u32,
}

/// The table holds as many keys as it may.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Full;

impl<V> Table<V> {
    pub(crate) fn new() -> Self {
        Self {
            hasher: HashState::default(),
            newest: AtomicUsize::new(0),
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
        self.find(self.hash(parts), parts).map(|(_, value)| value)
    }

    /// Where the key lies, if it is known.
    #[inline]
    pub(crate) fn place(&self, parts: &[&str]) -> Option<Place> {
        self.find(self.hash(parts), parts).map(|(place, _)| place)
    }

    /// The value at a place of this table; of another's, whatever is there.
    #[inline]
    pub(crate) fn at(&self, place: Place) -> Option<&V> {
        self.entry(place).map(|entry| &entry.value)
    }

    /// One string of the key at a place.
    pub(crate) fn part_at(&self, place: Place, part: usize) -> Option<&str> {
        self.entry(place).map(|entry| entry.key.part(part))
    }

    #[inline]
    fn entry(&self, place: Place) -> Option<&Entry<V>> {
        self.segments.get(usize::from(place.segment))?.get()?.get(place.slot as usize)?.0.get()
    }

    /// The value of the key, made by `make` if the key is new and fewer than `limit` keys are known.
    pub(crate) fn get_or_insert(&self, parts: &[&str], limit: usize, make: impl FnOnce() -> V) -> Result<&V, Full> {
        let place = self.place_or_insert(parts, limit, make)?;
        self.at(place).ok_or(Full)
    }

    /// [`get_or_insert`](Self::get_or_insert), for where the key lies.
    pub(crate) fn place_or_insert(
        &self,
        parts: &[&str],
        limit: usize,
        make: impl FnOnce() -> V,
    ) -> Result<Place, Full> {
        let hash = self.hash(parts);
        if let Some((place, _)) = self.find(hash, parts) {
            return Ok(place);
        }
        let _inserting = self.inserting.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some((place, _)) = self.find(hash, parts) {
            return Ok(place);
        }
        let len = self.len();
        let (number, segment) = self.segment_for(len).filter(|_| len < limit).ok_or(Full)?;
        let mut slot = first_slot(hash, segment.len());
        while segment[slot].0.get().is_some() {
            slot = (slot + 1) & (segment.len() - 1);
        }
        // Nobody else fills a slot while the mutex is held, so `set` succeeds.
        let _ = segment[slot].0.set(Entry { hash, value: make(), key: Key::new(parts) });
        self.len.store(len + 1, Ordering::Release);
        Ok(place(number, slot))
    }

    /// The segment into which the key number `len` goes; made if it is the segment's first.
    fn segment_for(&self, len: usize) -> Option<(usize, &Segment<V>)> {
        let mut below = 0;
        for (number, slots) in SEGMENT_SLOTS.into_iter().enumerate() {
            // Three quarters full: beyond that a look-up would pass many slots, and with all full it would not end.
            below += slots / 4 * 3 + slots % 4 / 2;
            if len < below {
                let segment = &self.segments[number];
                if segment.get().is_none() {
                    let _ = segment.set((0..slots).map(|_| Slot(OnceLock::new())).collect());
                    self.newest.store(number, Ordering::Release);
                }
                return segment.get().map(|segment| (number, segment));
            }
        }
        None
    }

    #[inline]
    fn find(&self, hash: u64, parts: &[&str]) -> Option<(Place, &V)> {
        let newest = self.newest.load(Ordering::Acquire);
        for (number, segment) in self.segments[..=newest].iter().enumerate().rev() {
            let segment = segment.get()?;
            let mut slot = first_slot(hash, segment.len());
            while let Some(entry) = segment[slot & (segment.len() - 1)].0.get() {
                if entry.hash == hash && entry.key.matches(parts) {
                    return Some((place(number, slot & (segment.len() - 1)), &entry.value));
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
            let bytes = part.as_bytes();
            // The hasher stirs in the length of each write, so ("ab", "c") and ("a", "bc") differ.
            hasher.write(&bytes[..bytes.len().min(LONGEST_PART)]);
        }
        hasher.finish()
    }
}

/// The largest segment has far fewer slots than the numbers here could count.
#[inline]
fn place(segment: usize, slot: usize) -> Place {
    Place { segment: segment as u8, slot: slot as u32 }
}

#[inline]
fn first_slot(hash: u64, slots: usize) -> usize {
    // The slots are a power of two and far fewer than 2^32, so the truncation only drops bits that the mask drops.
    (hash as usize) & (slots - 1)
}

/// The strings of a key, one after the other, and where each ends. Short ones lie in the slot itself.
enum Key {
    Short { ends: [u8; MAX_PARTS], bytes: [u8; Key::SHORT] },
    Long { ends: [u32; MAX_PARTS], bytes: Box<[u8]> },
}

impl Key {
    /// As many bytes as a short key can have without being larger than a long one.
    const SHORT: usize = 34;

    fn new(parts: &[&str]) -> Self {
        let mut long = [0; MAX_PARTS];
        let mut all = Vec::with_capacity(parts.iter().map(|part| part.len()).sum());
        for (part, end) in parts.iter().zip(&mut long) {
            all.extend_from_slice(part.as_bytes());
            *end = u32::try_from(all.len()).unwrap_or(u32::MAX);
        }
        let mut bytes = [0; Self::SHORT];
        match bytes.get_mut(..all.len()) {
            Some(beginning) => {
                beginning.copy_from_slice(&all);
                Self::Short { ends: long.map(|end| u8::try_from(end).unwrap_or(u8::MAX)), bytes }
            }
            None => Self::Long { ends: long, bytes: all.into_boxed_slice() },
        }
    }

    /// One of the strings; empty where there is none of that number.
    fn part(&self, part: usize) -> &str {
        let (start, end, bytes) = match self {
            Self::Short { ends, bytes } => {
                (before(ends, part).into(), (*ends).get(part).copied().map(usize::from), &bytes[..])
            }
            Self::Long { ends, bytes } => {
                (before(ends, part) as usize, ends.get(part).map(|&end| end as usize), &bytes[..])
            }
        };
        let bytes = end.and_then(|end| bytes.get(start..end)).unwrap_or_default();
        str::from_utf8(bytes).unwrap_or_default()
    }

    #[inline]
    fn matches(&self, parts: &[&str]) -> bool {
        match self {
            Self::Short { ends, bytes } => all_match(parts, ends.map(usize::from), bytes),
            Self::Long { ends, bytes } => all_match(parts, ends.map(|end| end as usize), bytes),
        }
    }
}

/// Where the string of that number begins.
fn before<T: Copy + Default>(ends: &[T; MAX_PARTS], part: usize) -> T {
    part.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or_default()
}

#[inline]
fn all_match(parts: &[&str], ends: [usize; MAX_PARTS], bytes: &[u8]) -> bool {
    let mut start = 0;
    for (part, end) in parts.iter().zip(ends) {
        if !bytes.get(start..end).is_some_and(|bytes| equal(bytes, part.as_bytes())) {
            return false;
        }
        start = end;
    }
    true
}

/// Compares without the call that `==` makes, where the length is one that ids have.
#[inline]
fn equal(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    match a.len() {
        4..8 => a.first_chunk::<4>() == b.first_chunk() && a.last_chunk::<4>() == b.last_chunk(),
        8..=16 => a.first_chunk::<8>() == b.first_chunk() && a.last_chunk::<8>() == b.last_chunk(),
        17..=32 => a.first_chunk::<16>() == b.first_chunk() && a.last_chunk::<16>() == b.last_chunk(),
        _ => a == b,
    }
}
