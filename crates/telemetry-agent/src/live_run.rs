//! The series of an agent that has a run under way.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Instant, SystemTime};

use telemetry_core::{Live, clock};

use crate::metrics::RunGauges;

/// The series of an agent, for as long as a run of it is under way.
pub(crate) struct LiveRun {
    gauges: Live<RunGauges>,
    /// Whether all its runs are paused: who waits for somebody is not stuck, and has no last activity.
    waits: AtomicBool,
    began: Instant,
    /// The bits of the Unix time at which it began, as of when the system's clock was last read.
    began_at: AtomicU64,
}

impl LiveRun {
    pub(crate) fn new(gauges: Live<RunGauges>) -> Self {
        let run = Self { gauges, waits: AtomicBool::new(false), began: clock::now(), began_at: AtomicU64::new(0) };
        run.touch();
        run
    }

    /// Notes that the agent does something.
    pub(crate) fn touch(&self) {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        let began_at = now - clock::now().saturating_duration_since(self.began).as_secs_f64();
        self.began_at.store(began_at.to_bits(), Ordering::Relaxed);
        self.active_at(now);
    }

    /// Notes that the agent did something at a time that an operation knows, which costs no look at the system's clock. Each
    /// turn looks, so that a clock that is set, or stood still while the machine slept, is followed.
    pub(crate) fn touch_at(&self, time: Instant) {
        let began_at = f64::from_bits(self.began_at.load(Ordering::Relaxed));
        self.active_at(began_at + time.saturating_duration_since(self.began).as_secs_f64());
    }

    fn active_at(&self, unix_secs: f64) {
        let last = self.gauges.last_activity.at(());
        if self.waits.load(Ordering::SeqCst) {
            return;
        }
        last.set(unix_secs);
        if self.waits.load(Ordering::SeqCst) {
            last.clear();
        }
    }

    /// Says whether all its runs are paused.
    pub(crate) fn set_waiting(&self, waits: bool) {
        let waited = self.waits.swap(waits, Ordering::SeqCst);
        if waits {
            self.gauges.last_activity.at(()).clear();
        } else if waited {
            self.touch();
        }
    }

    /// Says which turn it is in, and how many it may have.
    pub(crate) fn at_turn(&self, turn: u32, max: Option<u32>) {
        self.gauges.current_turn.set(f64::from(turn));
        match max {
            Some(max) => self.gauges.max_turns.set(f64::from(max)),
            None => self.gauges.max_turns.at(()).clear(),
        }
    }
}
