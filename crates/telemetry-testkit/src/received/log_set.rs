//! Log records, found by their message.

use std::fmt;
use std::ops::Deref;

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;

use super::log::LogEntry;

/// Log records in the order in which they arrived.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LogSet(Vec<LogEntry>);

impl LogSet {
    pub(crate) fn add(&mut self, request: &ExportLogsServiceRequest) {
        self.0.extend(LogEntry::flatten(request));
    }

    /// The records whose message contains the text.
    #[must_use]
    pub fn containing(&self, text: &str) -> Vec<&LogEntry> {
        self.0.iter().filter(|entry| entry.body.contains(text)).collect()
    }

    /// The one record whose message contains the text.
    ///
    /// # Panics
    ///
    /// When there is none, or more than one.
    #[track_caller]
    #[must_use]
    pub fn one(&self, text: &str) -> &LogEntry {
        let found = self.containing(text);
        assert!(found.len() == 1, "expected one log record with {text:?}, found {}\n{self}", found.len());
        found[0]
    }

    /// Asserts that no record's message contains the text.
    ///
    /// # Panics
    ///
    /// When one does.
    #[track_caller]
    pub fn assert_absent(&self, text: &str) {
        let found = self.containing(text).len();
        assert!(found == 0, "expected no log record with {text:?}, found {found}\n{self}");
    }
}

impl Deref for LogSet {
    type Target = [LogEntry];

    fn deref(&self) -> &[LogEntry] {
        &self.0
    }
}

/// All records with their fields.
impl fmt::Display for LogSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} log records", self.0.len())?;
        self.0.iter().try_for_each(|entry| write!(f, "\n  {entry}"))
    }
}
