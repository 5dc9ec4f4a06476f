//! The series of an agent that has a run under way.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use telemetry_core::Live;

use crate::metrics::RunGauges;

/// The series of an agent, for as long as a run of it is under way.
pub(crate) struct LiveRun {
    gauges: Live<RunGauges>,
    /// Whether all its runs are paused: who waits for somebody is not stuck, and has no last activity.
    waits: AtomicBool,
}

impl LiveRun {
    pub(crate) fn new(gauges: Live<RunGauges>) -> Self {
        let run = Self { gauges, waits: AtomicBool::new(false) };
        run.touch();
        run
    }

    /// Notes that the agent does something.
    pub(crate) fn touch(&self) {
        let last = self.gauges.last_activity.at(());
        if self.waits.load(Ordering::SeqCst) {
            return;
        }
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        last.set(now.as_secs_f64());
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
