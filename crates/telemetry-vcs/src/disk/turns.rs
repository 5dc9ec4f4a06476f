//! Whose turn it is to be measured, and the one thread that does it.

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

/// What is measured again and again, one after the other on one thread, which is there as long as anything is.
pub(super) struct Turns<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

struct State<T> {
    waiting: Vec<(Instant, Weak<T>)>,
    /// Whether the thread is there.
    is_running: bool,
}

impl<T> Default for Turns<T> {
    fn default() -> Self {
        let state = State { waiting: Vec::new(), is_running: false };
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }
}

impl<T: Send + Sync + 'static> Turns<T> {
    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has something measured, at once and then again that long after each measurement. Without a thread it is not, and the
    /// error says why there is none; the next one that is added tries again.
    pub(super) fn add(
        self: &Arc<Self>,
        item: &Arc<T>,
        interval: Duration,
        measure: fn(&Arc<T>),
    ) -> Result<(), std::io::Error> {
        let mut state = self.state();
        state.waiting.push((Instant::now(), Arc::downgrade(item)));
        self.changed.notify_all();
        if state.is_running {
            return Ok(());
        }
        let turns = Arc::clone(self);
        let thread = thread::Builder::new().name("telemetry-disks".to_owned());
        thread.spawn(move || turns.run(interval, measure))?;
        state.is_running = true;
        Ok(())
    }

    /// Something that is measured is gone: the thread looks whether anything is left.
    pub(super) fn look(&self) {
        // Within the lock, so that a thread that is about to wait hears it.
        let _state = self.state();
        self.changed.notify_all();
    }

    fn run(&self, interval: Duration, measure: fn(&Arc<T>)) {
        while let Some(item) = self.next() {
            // A subscriber may panic. The payload may, too, when it is dropped, and is kept.
            if let Err(payload) = catch_unwind(AssertUnwindSafe(|| measure(&item))) {
                mem::forget(payload);
            }
            self.state().waiting.push((Instant::now() + interval, Arc::downgrade(&item)));
        }
    }

    /// Waits for the next turn; `None` when nothing is left.
    fn next(&self) -> Option<Arc<T>> {
        let mut state = self.state();
        loop {
            state.waiting.retain(|(_, item)| item.strong_count() > 0);
            let turns = state.waiting.iter().map(|(due, _)| *due).enumerate();
            let Some((at, due)) = turns.min_by_key(|(_, due)| *due) else {
                state.is_running = false;
                return None;
            };
            let left = due.saturating_duration_since(Instant::now());
            if left.is_zero() {
                // Nobody else may hold it by now, and then the next one is looked for.
                if let Some(item) = state.waiting.swap_remove(at).1.upgrade() {
                    return Some(item);
                }
                continue;
            }
            (state, _) = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner);
        }
    }
}
