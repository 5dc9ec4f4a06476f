//! Work that may block without limit, on a thread of its own, and waits for it that do not.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

/// Runs what may block without limit on a thread of its own, one at a time, and waits for it no longer than asked.
///
/// A second request while the first still hangs waits for the first, so that a collector that hangs does not cost a
/// thread for each flush.
#[derive(Debug, Default)]
pub(super) struct Background {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    runs: Mutex<Runs>,
    finished: Condvar,
}

#[derive(Debug, Default)]
struct Runs {
    started: u64,
    finished: u64,
}

/// A run that was started.
#[derive(Debug)]
pub(super) struct Run {
    shared: Arc<Shared>,
    number: u64,
}

impl Background {
    /// Starts `work`, unless an earlier run does not end until `until` or no thread is to be had.
    pub(super) fn start(&self, until: Instant, work: impl FnOnce() + Send + 'static) -> Option<Run> {
        let mut runs = self.shared.wait(until, |runs| runs.started == runs.finished)?;
        runs.started += 1;
        let number = runs.started;
        drop(runs);
        let shared = Arc::clone(&self.shared);
        let finish = Finish(Arc::clone(&self.shared));
        // A thread that does not start drops `finish`, and the run has ended.
        let spawned = thread::Builder::new().name("telemetry-flush".to_owned()).spawn(move || {
            let _finish = finish;
            work();
        });
        spawned.ok().map(|_detached| Run { shared, number })
    }
}

impl Run {
    /// Whether the run ended until then.
    pub(super) fn wait(&self, until: Instant) -> bool {
        self.shared.wait(until, |runs| runs.finished >= self.number).is_some()
    }
}

impl Shared {
    fn wait(&self, until: Instant, done: impl Fn(&Runs) -> bool) -> Option<std::sync::MutexGuard<'_, Runs>> {
        let runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        let limit = until.saturating_duration_since(Instant::now());
        let (runs, _) =
            self.finished.wait_timeout_while(runs, limit, |runs| !done(runs)).unwrap_or_else(PoisonError::into_inner);
        done(&runs).then_some(runs)
    }
}

/// Ends a run even if it panics.
struct Finish(Arc<Shared>);

impl Drop for Finish {
    fn drop(&mut self) {
        self.0.runs.lock().unwrap_or_else(PoisonError::into_inner).finished += 1;
        self.0.finished.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;
    use std::time::Duration;

    const LONG: Duration = Duration::from_secs(30);

    #[test]
    fn a_hanging_run_holds_up_the_next_one_only_until_its_limit() {
        let background = Background::default();
        let (release, held) = mpsc::channel::<()>();
        let first = background
            .start(Instant::now() + LONG, move || {
                let _released = held.recv();
            })
            .expect("nothing else runs");
        assert!(!first.wait(Instant::now()));
        assert!(background.start(Instant::now(), || {}).is_none(), "the first still runs");
        drop(release);
        assert!(first.wait(Instant::now() + LONG));
        let panics = background.start(Instant::now() + LONG, || panic!("on purpose")).expect("the first has ended");
        assert!(panics.wait(Instant::now() + LONG));
        let last = background.start(Instant::now() + LONG, || {}).expect("a panic ends a run");
        assert!(last.wait(Instant::now() + LONG));
    }
}
