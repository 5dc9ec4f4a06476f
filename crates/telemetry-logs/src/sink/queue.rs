//! Lines that wait to be written: bounded in bytes, handed over in one piece.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::level::LogLevel;

/// Lines of each level, one behind the other.
pub(crate) type Batch = [Vec<u8>; 4];

/// How long lines are collected before they are written: with a system call for each the caller of the first would wake the
/// writer again and again.
const COLLECTED: Duration = Duration::from_millis(2);

/// How much room stays for the lines of a level once a burst is over.
const KEPT: usize = 256 * 1024;

/// The queue of one writer. Whoever pushes waits at most while another line is copied.
pub(crate) struct Queue {
    state: Mutex<State>,
    work: Condvar,
    settled: Condvar,
    limit: usize,
    /// Whether the levels stay apart, or lines stay in their order.
    by_level: bool,
}

#[derive(Default)]
struct State {
    pending: Batch,
    /// What waits and what is being written.
    bytes: usize,
    /// How many bytes were ever taken, and how many of them are settled.
    taken: u64,
    settled: u64,
    dropped: u64,
    sleeps: bool,
    /// Somebody waits for it.
    hurries: bool,
    closed: bool,
    ended: bool,
}

/// What a writer is to do.
pub(crate) enum Work {
    /// Write what the batch holds; so many lines were dropped since the last one.
    Write { dropped: u64 },
    /// Nothing came for a while.
    Idle,
    /// There is nothing more to come.
    End,
}

impl Queue {
    pub(crate) fn new(limit: usize, by_level: bool) -> Self {
        Self { state: Mutex::default(), work: Condvar::new(), settled: Condvar::new(), limit, by_level }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a line, or counts it as dropped where there is no room.
    pub(crate) fn push(&self, level: LogLevel, line: &[u8]) {
        let mut state = self.lock();
        if state.closed || state.bytes + line.len() > self.limit {
            state.dropped += 1;
            return;
        }
        state.pending[if self.by_level { level.index() } else { 0 }].extend_from_slice(line);
        state.bytes += line.len();
        state.taken += line.len() as u64;
        let wakes = std::mem::take(&mut state.sleeps);
        drop(state);
        if wakes {
            self.work.notify_one();
        }
    }

    /// For the writer: gives back what it has written, waits for more, and swaps it in.
    pub(crate) fn next(&self, batch: &mut Batch, idle: Duration) -> Work {
        let written: usize = batch.iter().map(Vec::len).sum();
        for lines in batch.iter_mut() {
            lines.clear();
            lines.shrink_to(KEPT);
        }
        let mut state = self.lock();
        state.bytes -= written;
        state.settled += written as u64;
        self.settled.notify_all();
        let until = Instant::now() + idle;
        while state.pending.iter().all(Vec::is_empty) && state.dropped == 0 {
            if state.closed {
                return Work::End;
            }
            state.hurries = false;
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Work::Idle;
            }
            state.sleeps = true;
            state = self.work.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
            state.sleeps = false;
        }
        let until = Instant::now() + COLLECTED;
        while !state.hurries && !state.closed {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            state = self.work.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        std::mem::swap(&mut state.pending, batch);
        Work::Write { dropped: std::mem::take(&mut state.dropped) }
    }

    /// Waits until all that was taken so far is written, at most until then; whether it is.
    pub(crate) fn flush(&self, deadline: Instant) -> bool {
        let mut state = self.lock();
        let target = state.taken;
        while state.settled < target && !state.ended {
            state.hurries = true;
            self.work.notify_one();
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            state = self.settled.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        state.settled >= target
    }

    /// Has the writer end once it has written what is there.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.work.notify_one();
    }

    /// For the writer: nothing is written any more.
    pub(crate) fn end(&self) {
        self.lock().ended = true;
        self.settled.notify_all();
    }
}
