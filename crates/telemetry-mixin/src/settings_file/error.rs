//! What a file of settings gets wrong.

use crate::promql::shown;

/// Everything that is wrong with a file of settings, in the order of the file.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", listed(problems))]
pub struct SettingsFileErrors {
    /// What is wrong; there is at least one.
    pub problems: Vec<SettingsFileProblem>,
}

telemetry_core::debug_as_display!(SettingsFileErrors);

fn listed(problems: &[SettingsFileProblem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// One thing that is wrong with a file of settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsFileProblem {
    /// It is no TOML there.
    #[error("line {line}: {}", shown(reason))]
    Syntax {
        /// The line, counted from 1.
        line: usize,
        /// What the parser says.
        reason: String,
    },
    /// There is no such key.
    #[error("line {line}: there is no key `{}`; {}", shown(key), shown(help))]
    Unknown {
        /// The line, counted from 1.
        line: usize,
        /// The key with the tables that it is in, joined by dots.
        key: String,
        /// The key that may be meant, or those that there are.
        help: String,
    },
    /// A value that is not accepted.
    #[error("line {line}: `{}` is {}; accepted is {}", shown(key), shown(value), shown(accepted))]
    Refused {
        /// The line, counted from 1.
        line: usize,
        /// The key with the tables that it is in, joined by dots.
        key: String,
        /// The value as it is written.
        value: String,
        /// What is accepted.
        accepted: String,
    },
    /// A value that does not fit what is declared, or another key.
    #[error("line {line}: `{}`: {}", shown(key), shown(reason))]
    Unfit {
        /// The line, counted from 1.
        line: usize,
        /// The key with the tables that it is in, joined by dots.
        key: String,
        /// Why not, and what is accepted.
        reason: String,
    },
}

impl SettingsFileProblem {
    /// The line that it is about, counted from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        match self {
            Self::Syntax { line, .. }
            | Self::Unknown { line, .. }
            | Self::Refused { line, .. }
            | Self::Unfit { line, .. } => *line,
        }
    }
}
