//! The application's closures that read values at a collection, run so that one that hangs holds up nothing for long.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::contained::contained;
use crate::meter::while_collecting;

/// How long one closure may take. Prometheus gives up on a whole scrape after ten seconds.
const LIMIT: Duration = Duration::from_secs(1);
/// So many threads may wait for closures that do not return; with as many, no closure is run any more.
const MOST_HANGING: usize = 8;

static HANGING: AtomicUsize = AtomicUsize::new(0);

/// Reads one after the other, up to that count, on a thread of their own. One that has not returned after a second is left
/// to that thread, and the next ones are read on another. Returns how many were begun.
pub(super) fn read_each(count: usize, read: impl Fn(usize) + Send + Sync + 'static) -> usize {
    let place = Place { next: 0, since: Instant::now(), round: 0, done: false };
    let reading = Arc::new(Reading { count, read, place: Mutex::new(place), changed: Condvar::new() });
    let mut round = 0;
    while HANGING.load(Ordering::Relaxed) < MOST_HANGING {
        let on_thread = Arc::clone(&reading);
        let started = thread::Builder::new().name("telemetry-read".to_owned()).spawn(move || on_thread.run(round));
        if started.is_err() {
            // Without a thread, without a limit: that is better than without values.
            reading.run(round);
            return count;
        }
        if reading.wait() {
            return count;
        }
        round += 1;
    }
    reading.place().next
}

struct Reading<F> {
    count: usize,
    read: F,
    place: Mutex<Place>,
    changed: Condvar,
}

struct Place {
    next: usize,
    /// When the one before `next` began, or the thread that goes on was started.
    since: Instant,
    /// How many threads were given up.
    round: usize,
    done: bool,
}

impl<F: Fn(usize)> Reading<F> {
    fn place(&self) -> MutexGuard<'_, Place> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self, round: usize) {
        while let Some(index) = self.take(round) {
            // What is read contains its panics itself.
            let _counted = contained(|| while_collecting(|| (self.read)(index)));
        }
    }

    /// The next one; `None` at the end, and for a thread that was given up.
    fn take(&self, round: usize) -> Option<usize> {
        let mut place = self.place();
        if place.round != round {
            HANGING.fetch_sub(1, Ordering::Relaxed);
            return None;
        }
        if place.next == self.count {
            place.done = true;
            self.changed.notify_all();
            return None;
        }
        place.since = Instant::now();
        place.next += 1;
        Some(place.next - 1)
    }

    /// Whether all was read; if not, the thread hangs and is given up.
    fn wait(&self) -> bool {
        let mut place = self.place();
        while !place.done {
            let left = LIMIT.saturating_sub(place.since.elapsed());
            if left.is_zero() {
                place.round += 1;
                place.since = Instant::now();
                HANGING.fetch_add(1, Ordering::Relaxed);
                return false;
            }
            (place, _) = self.changed.wait_timeout(place, left).unwrap_or_else(PoisonError::into_inner);
        }
        true
    }
}
