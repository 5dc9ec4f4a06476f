//! What a tool process may use, and how long its end may take.

use std::time::Duration;

use telemetry_core::{Choice, Settings};

/// What a tool process may use, and how long its end may take.
#[derive(Settings, Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many bytes of stdout are kept; memory for stdout never grows beyond it. The default is the last bound of
    /// `runtime_tool_output_bytes`.
    #[setting(default = 10_000_000)]
    pub stdout: usize,
    /// What becomes of a tool that writes more to stdout than is kept: with `fail` it is killed and the run fails, with
    /// `truncate` the rest is thrown away.
    pub overflow: Overflow,
    /// With `truncate`, the number of bytes of stdout at which the tool is killed all the same; never below `stdout`.
    #[setting(default = 100_000_000)]
    pub kill_at: u64,
    /// How many bytes of stderr a tool may write before it is killed.
    #[setting(default = 100_000_000)]
    pub stderr: u64,
    /// How many of the last bytes of stderr are kept.
    #[setting(default = 65_536)]
    pub stderr_tail: usize,
    /// The time between SIGTERM and SIGKILL at the timeout, for the tool to clean up.
    #[setting(default = "2s")]
    pub grace: Duration,
    /// How long pipes are read on after the tool has ended, when a process that it left behind holds them open, and how
    /// long a killed process may take to vanish.
    #[setting(default = "1s")]
    pub drain: Duration,
}

/// What becomes of a tool that writes more to stdout than is kept.
#[derive(Choice, Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Overflow {
    /// It is killed at once and the run fails with the kind `stdout`: half an output is rarely an answer.
    #[default]
    Fail,
    /// The rest is read and thrown away, and the run succeeds with what was kept, unless the tool writes more than
    /// [`Limits::kill_at`] bytes: then it is killed and the run fails with the kind `stdout`.
    Truncate,
}
