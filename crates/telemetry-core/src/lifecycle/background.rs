//! Work that may block without limit, on a thread of its own, waited for until a deadline.

use std::sync::mpsc;
use std::thread;
use std::time::Instant;

use crate::contained::contained;

/// Runs this on a thread of its own, and waits for it no longer than until then; whether it has ended. Without a thread it is
/// not run.
pub(super) fn run_until(until: Instant, work: impl FnOnce() + Send + 'static) -> bool {
    let (ended, wait) = mpsc::channel();
    let spawned = thread::Builder::new().name("telemetry-flush".to_owned()).spawn(move || {
        let _said_by_the_panic_hook = contained(work);
        let _nobody_waits = ended.send(());
    });
    spawned.is_ok() && wait.recv_timeout(until.saturating_duration_since(Instant::now())).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const LONG: Duration = Duration::from_secs(30);

    #[test]
    fn what_hangs_is_left_behind() {
        let (release, held) = mpsc::channel::<()>();
        let hang = move || {
            let _released = held.recv();
        };
        assert!(!run_until(Instant::now(), hang));
        drop(release);
        assert!(run_until(Instant::now() + LONG, || {}));
        assert!(run_until(Instant::now() + LONG, || panic!("on purpose")), "a panic is an end, too");
    }
}
