//! What an agent is at that has a run under way, as its series show it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use telemetry_core::{Live, clock};

use crate::metrics::RunGauges;

/// What an agent is at that has a run under way: its turn, and when it last did something. Whoever notes something only
/// stores a number; what the series show is worked out at a collection.
pub(crate) struct Activity {
    began: Instant,
    /// Nanoseconds from `began` to the last activity.
    last: AtomicU64,
    /// Whether all its runs are paused: who waits for somebody is not stuck, and has no last activity.
    waits: AtomicBool,
    turn: AtomicU32,
    /// [`NO_LIMIT`], or how many turns it may have.
    max_turns: AtomicU64,
}

const NO_LIMIT: u64 = u64::MAX;

impl Activity {
    pub(crate) fn begin() -> Arc<Self> {
        Arc::new(Self {
            began: clock::now(),
            last: AtomicU64::new(0),
            waits: AtomicBool::new(false),
            turn: AtomicU32::new(0),
            max_turns: AtomicU64::new(NO_LIMIT),
        })
    }

    /// Has the series of a run read it, for as long as those live.
    pub(crate) fn show(self: &Arc<Self>, gauges: &Live<RunGauges>) {
        let read = Arc::clone(self);
        gauges.current_turn.read_with(move |report| report((), f64::from(read.turn.load(Ordering::Relaxed))));
        let read = Arc::clone(self);
        gauges.max_turns.read_with(move |report| {
            let max_turns = read.max_turns.load(Ordering::Relaxed);
            if max_turns != NO_LIMIT {
                report((), max_turns as f64);
            }
        });
        let read = Arc::clone(self);
        gauges.last_activity.read_with(move |report| {
            if let Some(unix_secs) = read.last_unix_secs() {
                report((), unix_secs);
            }
        });
    }

    /// Notes that the agent does something.
    pub(crate) fn touch(&self) {
        self.touch_at(clock::now());
    }

    /// Notes that the agent did something at a time that an operation knows.
    pub(crate) fn touch_at(&self, time: Instant) {
        let since_began = time.saturating_duration_since(self.began).as_nanos();
        self.last.store(u64::try_from(since_began).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// The Unix time of the last activity; `None` while it waits for somebody. Counted back from the system's clock as it
    /// is now, so that a clock that is set is followed, and the time in which the machine slept is none of idleness.
    fn last_unix_secs(&self) -> Option<f64> {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        let lasted = clock::now().saturating_duration_since(self.began);
        let last = Duration::from_nanos(self.last.load(Ordering::Relaxed));
        let waits = self.waits.load(Ordering::Relaxed);
        (!waits).then(|| now - lasted.saturating_sub(last).as_secs_f64())
    }

    /// Says whether all its runs are paused.
    pub(crate) fn set_waiting(&self, waits: bool) {
        if self.waits.load(Ordering::Relaxed) && !waits {
            self.touch();
        }
        self.waits.store(waits, Ordering::Relaxed);
    }

    /// Says which turn it is in, and how many it may have.
    pub(crate) fn at_turn(&self, turn: u32, max: Option<u32>) {
        self.turn.store(turn, Ordering::Relaxed);
        self.max_turns.store(max.map_or(NO_LIMIT, u64::from), Ordering::Relaxed);
    }
}
