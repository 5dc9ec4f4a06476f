//! What every guard is made over: a clock, a span, and one end.

use std::error::Error;
use std::time::{Duration, Instant};

use opentelemetry::Context;
use tracing::level_filters::LevelFilter;
use tracing::{Level, Span};

use super::ActiveSpan;
use super::course::is_listened_to;
use crate::causes::error_message;
use crate::clock;
use crate::contained::contained;

/// One operation from its start to its one end, as every guard has it: its clock, its span, whether and how it ended.
///
/// A guard of a domain keeps its own vocabulary and its metrics, and leaves to this what must be the same everywhere
/// (docs/adr/009): which clock counts, what a drop and a panic are, what the span says of the end, at which level it
/// is logged. The span is made with [`operation_span!`](crate::operation_span), which declares the fields of the end;
/// the log record with [`end_event!`](crate::end_event).
///
/// ```
/// use telemetry_core::{Dropped, End, Operation, end_event, operation_span};
///
/// struct Sale {
///     till_id: String,
///     operation: Operation,
/// }
///
/// impl Sale {
///     fn start(till_id: &str) -> Self {
///         let operation = Operation::start(|| operation_span!("till.sell", till_id));
///         Self { till_id: till_id.to_owned(), operation }
///     }
///
///     fn succeed(mut self) {
///         self.end(End::success("success"));
///     }
///
///     fn end(&mut self, end: End<'_>) {
///         let Some(elapsed) = self.operation.end(&end) else { return };
///         // here the guard records its metrics: elapsed, end.outcome()
///         end_event!(self.operation, end, elapsed, { till_id = self.till_id }, "sale ended", "sale failed");
///     }
/// }
///
/// impl Drop for Sale {
///     fn drop(&mut self) {
///         match self.operation.dropped() {
///             Some(Dropped::Cancelled) => self.end(End::cancelled("cancelled")),
///             Some(Dropped::Panicked) => self.end(End::panicked("error")),
///             None => {}
///         }
///     }
/// }
///
/// Sale::start("north").succeed();
/// ```
#[derive(Debug)]
pub struct Operation {
    span: ActiveSpan,
    started: Instant,
    ended: bool,
    /// Whether the application's code runs within [`run`](Self::run), or has panicked there.
    running: bool,
}

/// Why a guard that has not ended was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dropped {
    /// Its future was cancelled, or a return left it behind: nobody waits for the result any more.
    Cancelled,
    /// The guarded code panicked: a failure of whoever ran it, never of a provider or a peer.
    Panicked,
}

impl Operation {
    /// Starts an operation now: its clock, and its span, which is built only where the trace is sampled.
    #[inline]
    pub fn start(build: impl FnOnce() -> Span) -> Self {
        let started = clock::now();
        Self::over(started, ActiveSpan::start(build))
    }

    /// [`start`](Self::start), with a `tracing` span for the log lines of a trace that is not sampled
    /// ([`ActiveSpan::start_logged`]).
    #[inline]
    pub fn start_logged(build: impl FnOnce() -> Span, unsampled_logs: impl FnOnce() -> Span) -> Self {
        let started = clock::now();
        Self::over(started, ActiveSpan::start_logged(build, unsampled_logs))
    }

    /// An operation over a span that was started at that time: one that goes on where another left off.
    #[inline]
    #[must_use]
    pub fn over(started: Instant, span: ActiveSpan) -> Self {
        Self { span, started, ended: false, running: false }
    }

    /// When it started, by the [`clock`].
    #[inline]
    #[must_use]
    pub fn started(&self) -> Instant {
        self.started
    }

    /// The time since its start.
    #[inline]
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        clock::now().saturating_duration_since(self.started)
    }

    /// Its span.
    #[inline]
    #[must_use]
    pub fn span(&self) -> &ActiveSpan {
        &self.span
    }

    /// Its OpenTelemetry context, for outgoing calls.
    #[must_use]
    pub fn context(&self) -> Context {
        self.span.context()
    }

    /// Runs a future within its span.
    ///
    /// Where `tracing::Instrument` is in scope, its method of the same name comes first, and a reference asks for this one:
    ///
    /// ```
    /// use telemetry_core::{End, Operation, operation_span};
    /// use tracing::Instrument as _;
    ///
    /// async fn send() {}
    ///
    /// # async fn example() {
    /// let mut operation = Operation::start(|| operation_span!("till.sell"));
    /// (&operation).instrument(send()).await;
    /// operation.end(&End::success("success"));
    /// send().instrument(tracing::info_span!("other")).await;
    /// # }
    /// ```
    pub fn instrument<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        self.span.instrument(future)
    }

    /// Runs `f` within its span.
    pub fn in_scope<T>(&self, f: impl FnOnce() -> T) -> T {
        self.span.in_scope(f)
    }

    /// Runs a piece of the guarded code within its span, for a guard that outlives a panic of it: one in a wrapper of a
    /// future or of a stream, which is dropped only when the panic has been caught.
    pub fn run<T>(&mut self, code: impl FnOnce() -> T) -> T {
        self.running = true;
        let result = self.span.in_scope(code);
        self.running = false;
        result
    }

    /// Whether it has ended.
    #[inline]
    #[must_use]
    pub fn is_ended(&self) -> bool {
        self.ended
    }

    /// Why its guard is dropped; `None` if it has ended before. For the guard's `Drop`.
    #[inline]
    #[must_use]
    pub fn dropped(&self) -> Option<Dropped> {
        if self.ended {
            None
        } else if self.running || std::thread::panicking() {
            Some(Dropped::Panicked)
        } else {
            Some(Dropped::Cancelled)
        }
    }

    /// Ends it, writes the end on its span, and returns how long it took; `None` if it has ended before, and then
    /// nothing is written.
    #[inline]
    pub fn end(&mut self, end: &End<'_>) -> Option<Duration> {
        self.end_with(end, |span| {
            span.record("outcome", end.outcome);
        })
    }

    /// [`end`](Self::end), for a guard that knows more of its span only now: `write` writes that and the `outcome`, all at
    /// once, where somebody listens.
    #[inline]
    pub fn end_with(&mut self, end: &End<'_>, write: impl FnOnce(&ActiveSpan)) -> Option<Duration> {
        if self.ended {
            return None;
        }
        self.ended = true;
        let elapsed = self.elapsed();
        if self.span.is_recording() {
            write(&self.span);
            self.tell_error(end);
        }
        Some(elapsed)
    }

    /// What an error says with its causes, masked and cut, for [`End::describing`]; `None` where neither the span nor a log
    /// record would tell it, and then the error is not even read.
    #[must_use]
    pub fn error_message(&self, error: &dyn Error) -> Option<String> {
        let heard = self.span.is_recording() || Level::ERROR <= LevelFilter::current();
        heard.then(|| error_message(error))
    }

    /// Ends it without a word on its span, for one whose next phase another operation is.
    pub fn hand_over(&mut self) -> Option<Instant> {
        (!std::mem::replace(&mut self.ended, true)).then_some(self.started)
    }

    /// Runs what says how the operation ended, within its span. Neither a layer that panics nor a thread that ends makes
    /// the end one of whoever records it.
    #[doc(hidden)]
    pub fn say_end(&self, say: impl FnOnce()) {
        if is_listened_to() {
            let _said_by_the_panic_hook = contained(|| self.in_scope(say));
        }
    }

    fn tell_error(&self, end: &End<'_>) {
        if let Some(error_type) = end.error_type {
            self.span.record("error.type", error_type).record("otel.status_code", "ERROR");
            if let Some(description) = end.description {
                self.span.record("otel.status_description", description);
            }
        }
    }
}

/// How an operation ended: its outcome, the class of its error, and the level at which that is logged.
///
/// | end | level | span status | `error.type` |
/// |---|---|---|---|
/// | [`success`](Self::success) | DEBUG | unset | none |
/// | [`cancelled`](Self::cancelled) | DEBUG | unset | none |
/// | [`failure`](Self::failure): whoever asked is told and decides | WARN | error | the class |
/// | [`fatal`](Self::fatal): the failure ends the work | ERROR | error | the class |
/// | [`panicked`](Self::panicked) | ERROR | error | `panic` |
///
/// An attempt that failed and is followed by another is no end: it is logged at INFO, and the operation goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End<'a> {
    outcome: &'a str,
    error_type: Option<&'a str>,
    description: Option<&'a str>,
    level: Level,
}

/// `error.type` of a panic.
pub const PANIC: &str = "panic";

impl<'a> End<'a> {
    /// It did what it was asked to.
    #[inline]
    #[must_use]
    pub const fn success(outcome: &'a str) -> Self {
        Self { outcome, error_type: None, description: None, level: Level::DEBUG }
    }

    /// It was given up before its end: nobody's failure.
    #[inline]
    #[must_use]
    pub const fn cancelled(outcome: &'a str) -> Self {
        Self::success(outcome)
    }

    /// It failed, and whoever asked for it is told and decides what follows: a tool, a call of a model or of a service.
    #[inline]
    #[must_use]
    pub const fn failure(outcome: &'a str, error_type: &'a str) -> Self {
        Self { outcome, error_type: Some(error_type), description: None, level: Level::WARN }
    }

    /// It failed, and with it the work that somebody waits for: a request, an execution, a stream.
    #[inline]
    #[must_use]
    pub const fn fatal(outcome: &'a str, error_type: &'a str) -> Self {
        Self { outcome, error_type: Some(error_type), description: None, level: Level::ERROR }
    }

    /// The guarded code panicked. The outcome is `cancelled` where the code only waited for a peer, whose failure it is
    /// not.
    #[inline]
    #[must_use]
    pub const fn panicked(outcome: &'a str) -> Self {
        Self::fatal(outcome, PANIC)
    }

    /// Says why it failed: the span's status description, and `error_message` of the log record. It must hold no content
    /// and no secret; of an error, [`Operation::error_message`] makes it.
    #[inline]
    #[must_use]
    pub const fn describing(mut self, description: &'a str) -> Self {
        self.description = Some(description);
        self
    }

    /// The outcome, as the metrics have it.
    #[inline]
    #[must_use]
    pub const fn outcome(&self) -> &'a str {
        self.outcome
    }

    /// The class of the error; `None` where there was none.
    #[inline]
    #[must_use]
    pub const fn error_type(&self) -> Option<&'a str> {
        self.error_type
    }

    /// Why it failed, beside the class of the error.
    #[must_use]
    pub const fn description(&self) -> Option<&'a str> {
        self.description
    }

    /// The level at which it is logged.
    #[inline]
    #[must_use]
    pub const fn level(&self) -> Level {
        self.level
    }
}
