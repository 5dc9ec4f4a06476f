//! How long the process has run.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// How old the process was at a moment of the clock that is asked from then on.
struct Known {
    age: Duration,
    at: Instant,
}

static KNOWN: OnceLock<Known> = OnceLock::new();

/// The time since the process started; where the platform does not tell, since this was first asked.
pub(crate) fn uptime() -> Duration {
    let known = KNOWN.get_or_init(|| Known { age: age().unwrap_or_default(), at: Instant::now() });
    known.age + known.at.elapsed()
}

#[cfg(target_os = "linux")]
fn age() -> Option<Duration> {
    use rustix::time::{ClockId, clock_gettime};

    let started = procfs::process::Process::myself().and_then(|process| process.stat()).ok()?.starttime;
    let started = Duration::from_secs_f64(started as f64 / procfs::ticks_per_second() as f64);
    let now = Duration::try_from(clock_gettime(ClockId::Boottime)).ok()?;
    Some(now.saturating_sub(started))
}

#[cfg(not(target_os = "linux"))]
fn age() -> Option<Duration> {
    None
}
