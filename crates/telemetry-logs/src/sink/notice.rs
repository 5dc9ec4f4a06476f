//! Lines of the log's own: what it says of itself.

use std::fmt;

use opentelemetry::{SpanId, TraceId};
use telemetry_core::{Component, Meter, Signal};

use crate::escape::escape;
use crate::level::LogLevel;
use crate::line::{Head, assemble};
use crate::scratch::Scratch;
use crate::timestamp::Clock;

/// The reason under which `telemetry_dropped_total` counts lines for which there was no room.
const NO_ROOM: &str = "log_buffer_full";

/// The code of an error that keeps files from being written.
const UNWRITABLE: &str = "LOG_FILE_ERROR";

/// Makes lines of the log's own, and counts what is lost.
#[derive(Clone)]
pub(crate) struct Notices {
    /// As it stands between quotes.
    pub(crate) service: String,
    pub(crate) component: Component,
    pub(crate) clock: Clock,
    pub(crate) meter: Meter,
}

impl Notices {
    /// Counts lines that were dropped, and says so.
    pub(crate) fn dropped(&self, lines: u64) -> String {
        self.meter.self_metrics().dropped(Signal::Logs, NO_ROOM, lines);
        self.line(
            Scratch::of(format!("\"dropped\":{lines}"), String::new()),
            LogLevel::Warn,
            "log lines were dropped, because they came faster than they could be written",
        )
    }

    /// Says that files cannot be written.
    pub(crate) fn failed(&self, path: impl fmt::Display, error: &std::io::Error) -> String {
        let mut scratch = Scratch::of(String::new(), UNWRITABLE.to_owned());
        escape(&format!("{path}: {error}"), &mut scratch.error_message);
        self.line(scratch, LogLevel::Error, "log files cannot be written, their lines go to standard error")
    }

    /// Says something at level warn.
    pub(crate) fn warn(&self, message: &str) -> String {
        self.line(Scratch::default(), LogLevel::Warn, message)
    }

    fn line(&self, mut scratch: Scratch, level: LogLevel, message: &str) -> String {
        escape(message, &mut scratch.message);
        let head = Head {
            time: (self.clock)(),
            level,
            service: &self.service,
            component: self.component,
            trace: TraceId::INVALID,
            span: SpanId::INVALID,
            parent: SpanId::INVALID,
            carried: None,
        };
        assemble(&mut scratch, &head);
        scratch.line
    }
}
