//! Which failures are worth another attempt, and when it is made.

use std::time::Duration;

use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::{Backoff, Delays};

/// The wait after the first failed attempt; it doubles with every further one.
const FIRST_DELAY: Duration = Duration::from_millis(100);
/// The longest wait that a collector can ask for.
const LONGEST_THROTTLE: Duration = Duration::from_secs(30);

/// What a failed attempt means for the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Try again, after at least the time that the collector asked for.
    Retry { after: Option<Duration> },
    /// The same request will fail again, and smaller ones may not.
    TooLarge,
    /// The same request will fail again.
    Final,
}

/// Follows the OTLP specification's table of retryable codes, and adds the errors that this side's transport made up.
pub(crate) fn judge(status: &Status) -> Verdict {
    if is_too_large(status) {
        return Verdict::TooLarge;
    }
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

/// Whether the request was larger than the receiver takes. There is no code for that: implementations of gRPC say so in
/// their message (in Go, of the message and of what it is decompressed to; tonic; a proxy with its status).
fn is_too_large(status: &Status) -> bool {
    const SAID: [&str; 4] = ["larger than max", "too large", "413 Payload", "413 Request"];
    let codes = [Code::ResourceExhausted, Code::OutOfRange, Code::Unknown, Code::Internal, Code::InvalidArgument];
    codes.contains(&status.code()) && SAID.iter().any(|said| status.message().contains(said))
}

/// The waits between the attempts of one export.
#[derive(Debug)]
pub(crate) struct Waits(Delays);

impl Waits {
    /// `longest` is how late a collector that came back is noticed.
    pub(crate) fn new(longest: Duration) -> Self {
        Self(Backoff::doubling(FIRST_DELAY, longest).delays())
    }

    /// The wait before the next attempt: the next pause, or what the collector asked for if that is longer.
    pub(crate) fn next(&mut self, asked: Option<Duration>) -> Duration {
        let pause = self.0.next_delay();
        match asked {
            Some(asked) => pause.max(asked.min(LONGEST_THROTTLE)),
            None => pause,
        }
    }

    /// Starts over with short waits.
    pub(crate) fn hurry(&mut self) {
        self.0.restart();
    }
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
            (Status::resource_exhausted("out of memory"), Verdict::Final),
            (Status::resource_exhausted("grpc: received message larger than max (5 vs. 4)"), Verdict::TooLarge),
            (Status::out_of_range("Error, decoded message length too large: found 5 bytes"), Verdict::TooLarge),
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
    fn a_collector_asks_for_no_shorter_wait_and_for_none_too_long() {
        let mut waits = Waits::new(Duration::from_secs(2));
        let first = waits.next(None);
        assert!(first >= FIRST_DELAY / 2 && first <= FIRST_DELAY, "{first:?}");
        assert_eq!(waits.next(Some(Duration::from_secs(7))), Duration::from_secs(7));
        assert_eq!(waits.next(Some(Duration::from_secs(700))), LONGEST_THROTTLE);
        assert!(waits.next(Some(Duration::from_millis(1))) > FIRST_DELAY);
        waits.hurry();
        assert!(waits.next(None) <= FIRST_DELAY);
    }
}
