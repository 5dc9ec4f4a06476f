//! Waits for what is to arrive at a sink, each with a deadline.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::otlp_sink::OtlpSink;

impl OtlpSink {
    /// Waits until the predicate holds; it is asked again whenever something arrives. Blocks the calling thread.
    ///
    /// # Panics
    ///
    /// When it does not hold within the deadline: names what was awaited, and lists what has arrived.
    #[track_caller]
    pub fn wait_for(&self, within: Duration, what: &str, predicate: impl FnMut(&Self) -> bool) {
        assert!(self.poll(within, predicate), "{}", self.failure(within, what));
    }

    /// Like [`wait_for`](Self::wait_for), for something that is returned once it is there.
    ///
    /// # Panics
    ///
    /// When it is not there within the deadline.
    #[track_caller]
    pub fn wait_for_some<T>(&self, within: Duration, what: &str, mut find: impl FnMut(&Self) -> Option<T>) -> T {
        let mut found = None;
        self.poll(within, |sink| {
            found = find(sink);
            found.is_some()
        });
        match found {
            Some(found) => found,
            None => panic!("{}", self.failure(within, what)),
        }
    }

    /// Waits until the predicate holds, and returns whether it did within the deadline. Blocks the calling thread.
    pub fn poll(&self, within: Duration, mut predicate: impl FnMut(&Self) -> bool) -> bool {
        let deadline = Instant::now() + within;
        loop {
            let seen = self.shared.store.generation();
            if predicate(self) {
                return true;
            }
            if !self.shared.store.wait_past(seen, deadline) {
                return false;
            }
        }
    }

    /// Like [`wait_for`](Self::wait_for) without blocking the thread, for tests whose own runtime must go on meanwhile.
    /// The deadline is real time, also where tokio's clock is paused.
    ///
    /// # Panics
    ///
    /// When the predicate does not hold within the deadline.
    pub async fn arrival(&self, within: Duration, what: &str, mut predicate: impl FnMut(&Self) -> bool) {
        let deadline = Instant::now() + within;
        loop {
            let seen = self.shared.store.generation();
            if predicate(self) {
                return;
            }
            let (changed, change) = oneshot::channel();
            let shared = Arc::clone(&self.shared);
            // A thread, because a wait that works on any runtime can use no runtime's timer.
            thread::spawn(move || changed.send(shared.store.wait_past(seen, deadline)));
            assert!(change.await.unwrap_or_default(), "{}", self.failure(within, what));
        }
    }

    /// All that has arrived, in a form for failure messages.
    #[must_use]
    pub fn dump(&self) -> String {
        format!("{:?}\n{}\n{}\n{}", self.counts(), self.metrics(), self.spans(), self.logs())
    }

    fn failure(&self, within: Duration, what: &str) -> String {
        format!("{what}: not within {within:?}; the sink has\n{}", self.dump())
    }
}
