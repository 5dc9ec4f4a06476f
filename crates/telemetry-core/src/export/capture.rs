//! What opentelemetry-otlp says of an export to `tracing` alone, put together with what it returns.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use tonic::{Code, Status};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Dispatch, Event, Metadata, Subscriber};

use super::with_dispatch::WithDispatch;

/// The `tracing` target of opentelemetry-otlp.
const TARGET: &str = "opentelemetry-otlp";
/// The events captured, by the ends of their names; each signal's client has its own.
const CAPTURED_EVENTS: [&str; 2] = [".ExportFailed", ".PartialSuccess"];
/// What stands before the gRPC code in the library's error; behind it stand the errors of the transport, if it was
/// the transport that failed.
const BEFORE_CODE: &str = "gRPC code: ";

/// What became of one attempt to export: what the collector refused of a request that it took, or why it took none.
pub(crate) type Answer = Result<Rejected, Status>;

/// How many items the collector refused, and why.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Rejected {
    pub(crate) items: i64,
    pub(crate) reason: String,
}

/// Captures what opentelemetry-otlp says of a signal's exports to `tracing` alone: the collector's message and details,
/// and what it rejected.
///
/// It is the default subscriber within an export, and takes no interest in anything else. So the transport's
/// own events and spans reach no subscriber of the application's either.
#[derive(Debug, Clone)]
pub(crate) struct EventCapture {
    captured: Arc<Mutex<Captured>>,
    dispatch: Dispatch,
}

impl EventCapture {
    pub(crate) fn new() -> Self {
        let captured = Arc::new(Mutex::new(Captured::default()));
        Self { dispatch: Dispatch::new(CaptureSubscriber(Arc::clone(&captured))), captured }
    }

    /// Runs one export, and puts its result and what was said meanwhile together. One export at a time.
    pub(crate) async fn run(&self, export: impl Future<Output = OTelSdkResult>) -> Answer {
        // What an earlier export said before it was cut short.
        drop(self.take());
        let result = self.quietly(export).await;
        let captured = self.take();
        match result {
            Ok(()) => Ok(captured.rejected),
            Err(error) => Err(status(&error, &captured)),
        }
    }

    /// Runs what says by itself what became of it.
    pub(crate) fn quietly<F: Future>(&self, export: F) -> WithDispatch<F> {
        WithDispatch::new(self.dispatch.clone(), export)
    }

    fn take(&self) -> Captured {
        std::mem::take(&mut lock(&self.captured))
    }
}

/// Puts the collector's answer together again. The code and the transport's errors are in the library's error, which
/// is there even if the application compiles events of level DEBUG out of `tracing`; the rest was captured.
fn status(error: &OTelSdkError, captured: &Captured) -> Status {
    let text = error.to_string();
    let (code, cause) = match text.split_once(BEFORE_CODE) {
        Some((_, code)) => code.split_once(": ").map_or((code, None), |(code, cause)| (code, Some(cause))),
        None => ("", None),
    };
    let known = (0..=16).map(Code::from_i32).find(|known| format!("{known:?}") == code);
    let mut status = Status::with_details(
        known.unwrap_or(Code::Unknown),
        captured.message.as_str(),
        captured.details.clone().into(),
    );
    // An error that is no answer of a collector's is treated as one of the transport's: it is worth another attempt.
    let cause = if known.is_some() { cause } else { Some(text.as_str()) };
    if let Some(cause) = cause {
        status.set_source(Arc::from(Box::<dyn std::error::Error + Send + Sync>::from(cause)));
    }
    status
}

/// What was captured during one export.
#[derive(Debug, Default)]
struct Captured {
    message: String,
    details: Vec<u8>,
    rejected: Rejected,
}

impl Visit for Captured {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "grpc_message" => self.message = value.to_owned(),
            "grpc_details" => self.details = bytes(value),
            "error_message" => self.rejected.reason = value.to_owned(),
            _ => {}
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        if field.name().starts_with("rejected_") {
            self.rejected.items = value;
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

/// Reads bytes that are written as `[1, 2]`.
fn bytes(text: &str) -> Vec<u8> {
    text.trim_matches(['[', ']']).split(", ").map_while(|byte| byte.parse().ok()).collect()
}

struct CaptureSubscriber(Arc<Mutex<Captured>>);

fn is_captured(metadata: &Metadata<'_>) -> bool {
    metadata.target() == TARGET && CAPTURED_EVENTS.iter().any(|end| metadata.name().ends_with(end))
}

impl Subscriber for CaptureSubscriber {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if is_captured(metadata) { Interest::always() } else { Interest::never() }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        is_captured(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::DEBUG)
    }

    fn event(&self, event: &Event<'_>) {
        event.record(&mut *lock(&self.0));
    }

    /// Never asked for: no span is enabled.
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

fn lock(captured: &Mutex<Captured>) -> MutexGuard<'_, Captured> {
    captured.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error as _;

    fn read(error: &str, captured: Captured) -> (Code, String, Option<String>) {
        let status = status(&OTelSdkError::InternalFailure(error.to_owned()), &captured);
        (status.code(), status.message().to_owned(), status.source().map(ToString::to_string))
    }

    #[test]
    fn the_code_is_known_even_if_nothing_was_captured() {
        let captured = || Captured { message: "no key".to_owned(), ..Captured::default() };
        let failed = |rest: &str| format!("TonicTracesClient export failed with gRPC code: {rest}");
        let cases = [
            (failed("Unauthenticated"), captured(), Code::Unauthenticated, "no key", None),
            (failed("Internal"), Captured::default(), Code::Internal, "", None),
            (
                failed("Unknown: transport error: reset"),
                Captured::default(),
                Code::Unknown,
                "",
                Some("transport error: reset"),
            ),
        ];
        for (error, captured, code, message, source) in cases {
            let (read_code, read_message, read_source) = read(&error, captured);
            let source = source.map(|source| source.to_owned());
            assert_eq!((read_code, read_message.as_str(), read_source), (code, message, source), "{error}");
        }
    }

    #[test]
    fn an_error_without_a_code_is_worth_another_attempt() {
        for error in ["the exporter cannot be built", "failed with gRPC code: Novel"] {
            let (code, _, source) = read(error, Captured::default());
            assert_eq!(code, Code::Unknown);
            assert!(source.is_some_and(|source| source.contains(error)), "{error}");
        }
    }

    #[test]
    fn details_are_read_as_the_library_writes_them() {
        for details in [vec![], vec![8], vec![8, 0, 255]] {
            assert_eq!(bytes(&format!("{details:?}")), details);
        }
    }
}
