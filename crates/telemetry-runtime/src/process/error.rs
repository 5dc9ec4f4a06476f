//! Why a tool run failed, and what the process left behind.

use std::error::Error;
use std::fmt;
use std::io;
use std::time::Duration;

use serde_json::error::Category;

use super::Exit;
use crate::metrics::ErrorKind;

/// Why a tool run failed, and what the process left behind.
///
/// Neither `Display` nor `Debug` shows arguments, input or output; whoever wants the diagnostics asks for
/// [`stderr_tail`](Self::stderr_tail).
pub struct ToolError {
    failure: Failure,
    exit: Option<Exit>,
    stderr: Vec<u8>,
}

impl ToolError {
    pub(crate) fn new(failure: Failure, exit: Option<Exit>, stderr: Vec<u8>) -> Self {
        Self { failure, exit, stderr }
    }

    /// The point of failure, as counted in `runtime_tool_errors_total`.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.failure.kind()
    }

    /// What went wrong.
    #[must_use]
    pub fn failure(&self) -> &Failure {
        &self.failure
    }

    /// How the process ended; `None` when it never started or its end is not known.
    #[must_use]
    pub fn exit(&self) -> Option<Exit> {
        self.exit
    }

    /// The last bytes that the tool wrote to stderr, at most [`Limits::stderr_tail`](super::Limits::stderr_tail) of
    /// them. They are the tool's own words and may hold what it was given.
    #[must_use]
    pub fn stderr_tail(&self) -> &[u8] {
        &self.stderr
    }
}

impl fmt::Display for ToolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.failure.fmt(f)
    }
}

impl fmt::Debug for ToolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToolError")
            .field("failure", &self.failure)
            .field("exit", &self.exit)
            .field("stderr_bytes", &self.stderr.len())
            .finish()
    }
}

impl Error for ToolError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.failure.source()
    }
}

/// What went wrong in a tool run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// No process: a missing or unusable binary, no more processes or descriptors.
    #[error("the tool could not be started")]
    Start(#[source] io::Error),
    /// The tool failed, and had closed its input before taking all of it.
    #[error("the tool ended with {exit} before it had taken its input")]
    Stdin {
        /// How it ended.
        exit: Exit,
        /// What writing ran into.
        source: io::Error,
    },
    /// Stdout could not be read.
    #[error("the tool's stdout could not be read")]
    Stdout(#[source] io::Error),
    /// The tool wrote more than it may and was killed.
    #[error("the tool wrote more than {limit} bytes to stdout")]
    StdoutLimit {
        /// The limit in bytes.
        limit: u64,
    },
    /// Stderr could not be read.
    #[error("the tool's stderr could not be read")]
    Stderr(#[source] io::Error),
    /// The tool wrote more than it may and was killed.
    #[error("the tool wrote more than {limit} bytes to stderr")]
    StderrLimit {
        /// The limit in bytes.
        limit: u64,
    },
    /// The tool exited with another code than 0, or a signal ended it.
    #[error("the tool ended with {0}")]
    Exit(Exit),
    /// The process could not be waited for.
    #[error("the tool could not be waited for")]
    Wait(#[source] io::Error),
    /// Stdout was not the JSON that was expected. The position alone is told, since the words would quote the output.
    #[error("the tool's stdout is not the JSON expected: {what} at line {line}, column {column}")]
    Parse {
        /// Which sort of mismatch.
        what: Mismatch,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// The tool ran longer than it was given and was stopped.
    #[error("the tool ran longer than {} ms", .0.as_millis())]
    Timeout(Duration),
}

impl Failure {
    /// The point of failure, as counted in `runtime_tool_errors_total`.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Start(_) => ErrorKind::Start,
            Self::Stdin { .. } => ErrorKind::Stdin,
            Self::Stdout(_) | Self::StdoutLimit { .. } => ErrorKind::Stdout,
            Self::Stderr(_) | Self::StderrLimit { .. } => ErrorKind::Stderr,
            Self::Exit(_) | Self::Wait(_) => ErrorKind::Wait,
            Self::Parse { .. } => ErrorKind::Parse,
            Self::Timeout(_) => ErrorKind::Timeout,
        }
    }

    pub(crate) fn parse(error: &serde_json::Error) -> Self {
        let what = match error.classify() {
            Category::Io | Category::Eof => Mismatch::Truncated,
            Category::Syntax => Mismatch::Syntax,
            Category::Data => Mismatch::Shape,
        };
        Self::Parse { what, line: error.line(), column: error.column() }
    }
}

/// In what way an output is not the JSON expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mismatch {
    /// It ends too early.
    Truncated,
    /// It is no JSON.
    Syntax,
    /// It is JSON of another shape.
    Shape,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Truncated => "it ends too early",
            Self::Syntax => "no JSON",
            Self::Shape => "another shape",
        })
    }
}
