//! What a tool process may use, and how long its end may take.

use std::time::Duration;

/// What a tool process may use, and how long its end may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many bytes of stdout are kept: 10,000,000 unless set, the last bound of `runtime_tool_output_bytes`.
    /// Memory for stdout never grows beyond it.
    pub stdout: usize,
    /// What becomes of a tool that writes more than that.
    pub overflow: Overflow,
    /// How many of the last bytes of stderr are kept: 65,536 unless set.
    pub stderr_tail: usize,
    /// How many bytes of stderr a tool may write before it is killed: 100,000,000 unless set.
    pub stderr: u64,
    /// The time between SIGTERM and SIGKILL at the timeout, for the tool to clean up: 2 s unless set.
    pub grace: Duration,
    /// How long pipes are read on after the tool has ended, when a process that it left behind holds them open, and how
    /// long a killed process may take to vanish: 1 s unless set.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            stdout: 10_000_000,
            overflow: Overflow::Fail,
            stderr_tail: 64 * 1024,
            stderr: 100_000_000,
            grace: Duration::from_secs(2),
            drain: Duration::from_secs(1),
        }
    }
}

/// What becomes of a tool that writes more to stdout than is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overflow {
    /// It is killed at once and the run fails with the kind `stdout`: half an output is rarely an answer.
    Fail,
    /// The rest is read and thrown away, and the run succeeds with what was kept, unless the tool writes more than
    /// `kill_at` bytes: then it is killed and the run fails with the kind `stdout`.
    Truncate {
        /// The number of bytes of stdout at which the tool is killed.
        kill_at: u64,
    },
}
