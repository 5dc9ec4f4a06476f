//! Which failures are worth another attempt, and when it is made.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::time::Duration;

use tonic::{Code, Status};
use tonic_types::StatusExt;

/// The wait after the first failed attempt; it doubles with every further one.
const FIRST_DELAY: Duration = Duration::from_millis(100);
/// The longest wait that a collector can ask for.
const LONGEST_THROTTLE: Duration = Duration::from_secs(30);

/// What a failed attempt means for the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Try again, after at least the time that the collector asked for.
    Retry { after: Option<Duration> },
    /// The same request will fail again.
    Final,
}

/// Follows the OTLP specification's table of retryable codes, and adds the errors that this side's transport made up.
pub(crate) fn judge(status: &Status) -> Verdict {
    let after = || status.get_details_retry_info().and_then(|info| info.retry_delay);
    match status.code() {
        Code::Unavailable => Verdict::Retry { after: after() },
        Code::ResourceExhausted => match after() {
            Some(delay) => Verdict::Retry { after: Some(delay) },
            None => Verdict::Final,
        },
        Code::Cancelled | Code::DeadlineExceeded | Code::Aborted | Code::OutOfRange | Code::DataLoss => {
            Verdict::Retry { after: None }
        }
        // A broken connection surfaces as one of these, with the transport's error as its source. A collector's own
        // answer never has a source.
        Code::Unknown | Code::Internal if std::error::Error::source(status).is_some() => Verdict::Retry { after: None },
        _ => Verdict::Final,
    }
}

/// Doubling waits with jitter, so that the replicas of a service do not come back in step.
#[derive(Debug)]
pub(crate) struct Backoff {
    next: Duration,
    longest: Duration,
}

impl Backoff {
    /// `longest` is how late a collector that came back is noticed.
    pub(crate) fn new(longest: Duration) -> Self {
        Self { next: FIRST_DELAY.min(longest), longest }
    }

    /// The wait before the next attempt: between half and all of the current step, or what the collector asked for.
    pub(crate) fn step(&mut self, asked: Option<Duration>) -> Duration {
        let step = self.next;
        self.next = step.saturating_mul(2).min(self.longest);
        let jittered = step / 2 + step.mul_f64(unit_interval() / 2.0);
        match asked {
            Some(asked) => jittered.max(asked.min(LONGEST_THROTTLE)),
            None => jittered,
        }
    }

    /// Starts over with short waits.
    pub(crate) fn hurry(&mut self) {
        self.next = FIRST_DELAY.min(self.longest);
    }
}

/// A random number in [0, 1). The seed of a fresh `RandomState` is random enough to spread retries.
fn unit_interval() -> f64 {
    let bits = RandomState::new().build_hasher().finish() >> 32;
    f64::from(u32::try_from(bits).unwrap_or(u32::MAX)) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tonic_types::ErrorDetails;

    #[test]
    fn codes_are_judged_as_otlp_says() {
        let throttled = |code| {
            Status::with_error_details(code, "busy", ErrorDetails::with_retry_info(Some(Duration::from_secs(3))))
        };
        let asked = Verdict::Retry { after: Some(Duration::from_secs(3)) };
        let again = Verdict::Retry { after: None };
        let broken = Status::from_error(Box::new(std::io::Error::other("connection reset")));
        for (status, expected) in [
            (Status::unavailable("down"), again),
            (throttled(Code::Unavailable), asked),
            (throttled(Code::ResourceExhausted), asked),
            (Status::resource_exhausted("received message larger than max"), Verdict::Final),
            (Status::deadline_exceeded("late"), again),
            (Status::cancelled("gone"), again),
            (Status::aborted(""), again),
            (Status::out_of_range(""), again),
            (Status::data_loss(""), again),
            (Status::unknown("collector's own"), Verdict::Final),
            (broken, again),
            (Status::internal(""), Verdict::Final),
            (Status::invalid_argument(""), Verdict::Final),
            (Status::unauthenticated(""), Verdict::Final),
            (Status::permission_denied(""), Verdict::Final),
            (Status::unimplemented(""), Verdict::Final),
        ] {
            assert_eq!(judge(&status), expected, "{status:?}");
        }
    }

    #[test]
    fn waits_double_up_to_the_longest_and_never_vanish() {
        let longest = Duration::from_secs(2);
        let mut backoff = Backoff::new(longest);
        let mut step = FIRST_DELAY;
        for _ in 0..12 {
            let wait = backoff.step(None);
            assert!(wait >= step / 2 && wait <= step, "{wait:?} for a step of {step:?}");
            step = (step * 2).min(longest);
        }
        assert_eq!(step, longest);
        assert_eq!(backoff.step(Some(Duration::from_secs(7))), Duration::from_secs(7));
        assert_eq!(backoff.step(Some(Duration::from_secs(700))), LONGEST_THROTTLE);
        backoff.hurry();
        assert!(backoff.step(None) <= FIRST_DELAY);
    }
}
