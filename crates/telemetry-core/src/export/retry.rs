//! Which failures are worth another attempt, and when it is made.

use std::time::Duration;

use prost::Message as _;
use tonic::{Code, Status};
use tonic_types::pb;

use crate::{Backoff, Delays};

/// The wait after the first failed attempt; it doubles with every further one.
const FIRST_DELAY: Duration = Duration::from_millis(100);
/// How tonic begins what it says of an answer that has no status of gRPC, or is none of gRPC.
const NO_STATUS: [&str; 2] = ["grpc-status header missing", "protocol error: "];
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
    // A broken connection has the transport's error as its source, whatever code it is given. A collector's own answer
    // never has one.
    if std::error::Error::source(status).is_some() || lacks_status(status) {
        return Verdict::Retry { after: None };
    }
    let after = || asked_wait(status.details());
    match status.code() {
        Code::Unavailable => Verdict::Retry { after: after() },
        Code::ResourceExhausted => match after() {
            Some(delay) => Verdict::Retry { after: Some(delay) },
            None => Verdict::Final,
        },
        Code::Cancelled | Code::DeadlineExceeded | Code::Aborted | Code::OutOfRange | Code::DataLoss => {
            Verdict::Retry { after: None }
        }
        _ => Verdict::Final,
    }
}

/// Whether the answer had no status of gRPC, and its status of HTTP says nothing either: something between has cut it short,
/// or has answered itself.
fn lacks_status(status: &Status) -> bool {
    let said = |said: &&str| status.message().starts_with(*said);
    match status.code() {
        Code::Unknown => NO_STATUS.iter().any(said),
        // Status 400 becomes this code, too, which is final.
        Code::Internal => said(&NO_STATUS[1]),
        _ => false,
    }
}

/// The wait that the details of a status ask for. They come from outside: a wait that is negative, or not to be read, is
/// none.
fn asked_wait(details: &[u8]) -> Option<Duration> {
    let status = tonic_types::Status::decode(details).ok()?;
    let info = status.details.iter().find(|detail| detail.type_url.ends_with("google.rpc.RetryInfo"))?;
    let delay = pb::RetryInfo::decode(&*info.value).ok()?.retry_delay?;
    let (seconds, nanos) = (u64::try_from(delay.seconds).ok()?, u32::try_from(delay.nanos).ok()?);
    (nanos < 1_000_000_000).then(|| Duration::new(seconds, nanos))
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
    use tonic_types::{ErrorDetails, StatusExt as _};

    #[test]
    fn codes_are_judged_as_otlp_says() {
        let throttled = |code| {
            Status::with_error_details(code, "busy", ErrorDetails::with_retry_info(Some(Duration::from_secs(3))))
        };
        let asked = Verdict::Retry { after: Some(Duration::from_secs(3)) };
        let again = Verdict::Retry { after: None };
        let broken = Status::from_error(Box::new(std::io::Error::other("connection reset")));
        let reset = |code, reason: &str| {
            let mut status = Status::new(code, format!("h2 protocol error: {reason}"));
            status.set_source(std::sync::Arc::new(std::io::Error::other(reason.to_owned())));
            status
        };
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
            (reset(Code::ResourceExhausted, "ENHANCE_YOUR_CALM"), again),
            (reset(Code::PermissionDenied, "INADEQUATE_SECURITY"), again),
            (Status::unknown("grpc-status header missing, mapped from HTTP status code 500"), again),
            (Status::unknown("protocol error: missing grpc-status trailer, stream was terminated"), again),
            (Status::internal("protocol error: received message with invalid compression flag: 60"), again),
            (Status::internal("grpc-status header missing, mapped from HTTP status code 400"), Verdict::Final),
            (Status::unauthenticated("grpc-status header missing, mapped from HTTP status code 401"), Verdict::Final),
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
    fn a_wait_that_is_none_is_not_waited_for() {
        let details = |seconds, nanos| {
            let info = pb::RetryInfo { retry_delay: Some(prost_types::Duration { seconds, nanos }) };
            let type_url = "type.googleapis.com/google.rpc.RetryInfo".to_owned();
            let detail = prost_types::Any { type_url, value: info.encode_to_vec() };
            pb::Status { details: vec![detail], ..pb::Status::default() }.encode_to_vec()
        };
        let longest = Some(Duration::new(i64::MAX.unsigned_abs(), 999_999_999));
        for (seconds, nanos, expected) in [
            (3, 5, Some(Duration::new(3, 5))),
            (i64::MAX, 999_999_999, longest),
            (i64::MIN, i32::MIN, None),
            (-1, 0, None),
            (1, -1, None),
            (1, i32::MAX, None),
        ] {
            assert_eq!(asked_wait(&details(seconds, nanos)), expected, "{seconds} s {nanos} ns");
        }
        for broken in [&b""[..], b"\xff\xff\xff", b"\x1a\x02\x0a\xff"] {
            assert_eq!(asked_wait(broken), None, "{broken:?}");
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
