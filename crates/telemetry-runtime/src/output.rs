//! What is kept of what a tool wrote.

use std::fmt;

use crate::process::{Stdout, Tail};

/// What a tool that succeeded wrote.
///
/// `Debug` shows sizes alone.
#[derive(Clone, PartialEq, Eq)]
pub struct ToolOutput {
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    written: u64,
    truncated: bool,
}

impl ToolOutput {
    pub(crate) fn new(stdout: Stdout, stderr: Tail) -> Self {
        let truncated = !stdout.closed || stdout.total > stdout.kept.len() as u64;
        Self { written: stdout.total, stdout: stdout.kept, stderr: stderr.into_bytes(), truncated }
    }

    /// Its stdout, as far as it was kept.
    #[must_use]
    pub fn stdout(&self) -> &[u8] {
        &self.stdout
    }

    /// Its stdout, as far as it was kept.
    #[must_use]
    pub fn into_stdout(self) -> Vec<u8> {
        self.stdout
    }

    /// The last bytes of its stderr, at most [`Limits::stderr_tail`](crate::Limits::stderr_tail) of them.
    #[must_use]
    pub fn stderr_tail(&self) -> &[u8] {
        &self.stderr
    }

    /// How many bytes it wrote to stdout, kept or not.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Whether [`stdout`](Self::stdout) is not all of it: it passed the limit under
    /// [`Overflow::Truncate`](crate::Overflow::Truncate), or a process that the tool left behind still held the pipe.
    #[must_use]
    pub fn is_truncated(&self) -> bool {
        self.truncated
    }
}

impl fmt::Debug for ToolOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToolOutput")
            .field("stdout_bytes", &self.stdout.len())
            .field("stderr_bytes", &self.stderr.len())
            .field("written", &self.written)
            .field("truncated", &self.truncated)
            .finish()
    }
}
