//! What the parts without locks are made of, as loom knows it.

pub(crate) use foldhash::fast::FixedState as HashState;
pub(crate) use loom::sync::Mutex;
pub(crate) use loom::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// As small as segments can be: one key in the first, three in the second.
pub(crate) const SEGMENT_SLOTS: [usize; 2] = [2, 4];

const EMPTY: usize = 0;
const SETTING: usize = 1;
const SET: usize = 2;

/// `std::sync::OnceLock`, which loom lacks: whether a thread may see the value is decided by loom's atomic.
pub(crate) struct OnceLock<T> {
    state: AtomicUsize,
    value: std::sync::OnceLock<T>,
}

impl<T> OnceLock<T> {
    pub(crate) fn new() -> Self {
        Self { state: AtomicUsize::new(EMPTY), value: std::sync::OnceLock::new() }
    }

    pub(crate) fn get(&self) -> Option<&T> {
        if self.state.load(Ordering::Acquire) == SET { self.value.get() } else { None }
    }

    /// Where the real one would wait for another setter this one panics: the table sets under its mutex.
    pub(crate) fn set(&self, value: T) -> Result<(), T> {
        match self.state.compare_exchange(EMPTY, SETTING, Ordering::Acquire, Ordering::Acquire) {
            Ok(_) => {
                let set = self.value.set(value);
                self.state.store(SET, Ordering::Release);
                set
            }
            Err(SET) => Err(value),
            Err(_) => panic!("two set one slot at once"),
        }
    }
}
