//! What is no file that can be checked.

use telemetry_core::readable;

use crate::promql::{Finding, Lint, Problem, cut};

/// A file that is neither a rules file nor a dashboard.
#[derive(thiserror::Error)]
pub enum VerifyError {
    /// There is no text of it.
    #[error("this cannot be read: {}", readable(reason).keep_lines())]
    Unread {
        /// Why not.
        reason: String,
    },
    /// It is no YAML of groups of rules.
    #[error("this is no Prometheus rules file: {}", readable(reason).keep_lines())]
    Rules {
        /// What the parser says, with the line.
        reason: String,
    },
    /// It is no JSON, or has no panels.
    #[error("this is no Grafana dashboard: {}", readable(reason).keep_lines())]
    Dashboard {
        /// What the parser says, with the line.
        reason: String,
    },
}

telemetry_core::debug_as_display!(VerifyError);

impl VerifyError {
    /// The error as a finding about its file, so that it is told among those of other files.
    #[must_use]
    pub fn finding(&self) -> Finding {
        self.about("the file")
    }

    pub(super) fn about(&self, place: impl Into<String>) -> Finding {
        Finding::of(place, "", Problem::new(self.to_string(), 0..0).lint(Lint::Unreadable))
    }
}

/// How much is kept of what a parser says, in bytes.
const LONGEST_REASON: usize = 2_000;

/// What a parser says, as far as it is not the file again.
pub(super) fn reason(error: &impl ToString) -> String {
    cut(&error.to_string(), LONGEST_REASON).into_owned()
}
