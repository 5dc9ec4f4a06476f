//! Shells under test, and what became of what they forked.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use tokio::process::Command;

/// A shell that runs the script; `$1` and so on are the arguments.
pub(crate) fn sh(script: &str, arguments: &[&Path]) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script, "sh"]).args(arguments);
    command
}

/// The process ids that a script has written to a file, one a line, once there are as many as expected.
pub(crate) async fn pids(file: &Path, expected: usize) -> Vec<u32> {
    let read = || {
        let text = fs::read_to_string(file).unwrap_or_default();
        // The last line counts once it is complete.
        let complete = text.rfind('\n').map_or("", |end| &text[..end]);
        complete.lines().map(|line| line.parse().expect("a process id")).collect::<Vec<_>>()
    };
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let pids = read();
        if pids.len() >= expected {
            return pids;
        }
        assert!(Instant::now() < deadline, "{} of {expected} processes told their id", pids.len());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Waits until none of the processes runs any more.
pub(crate) async fn assert_gone(pids: &[u32]) {
    let deadline = Instant::now() + Duration::from_secs(20);
    for &pid in pids {
        while runs(pid) {
            assert!(Instant::now() < deadline, "process {pid} still runs");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

/// Waits until the process is not even a zombie of ours any more.
pub(crate) async fn assert_reaped(pid: u32) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while Path::new(&format!("/proc/{pid}")).exists() {
        assert!(Instant::now() < deadline, "process {pid} was not reaped");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Whether the process runs; a zombie that waits for its parent does not.
pub(crate) fn runs(pid: u32) -> bool {
    let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else { return false };
    // The name in parentheses may hold anything; the state follows it.
    let state = stat.rsplit(") ").next().and_then(|rest| rest.chars().next());
    !matches!(state, Some('Z' | 'X'))
}
