//! Shells under test, and what became of what they forked.

use std::fs;
use std::path::Path;

use telemetry_testkit::eventually;
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
    eventually("the processes tell their ids", || {
        let pids = read();
        if pids.len() >= expected { Ok(pids) } else { Err(format!("{} of {expected} did", pids.len())) }
    })
    .await
}

/// Waits until none of the processes runs any more.
pub(crate) async fn assert_gone(pids: &[u32]) {
    for &pid in pids {
        eventually(format!("process {pid} ends"), || !runs(pid)).await;
    }
}

/// Waits until the process is not even a zombie of ours any more.
pub(crate) async fn assert_reaped(pid: u32) {
    eventually(format!("process {pid} is reaped"), || !Path::new(&format!("/proc/{pid}")).exists()).await;
}

/// Whether the process runs; a zombie that waits for its parent does not.
pub(crate) fn runs(pid: u32) -> bool {
    let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else { return false };
    // The name in parentheses may hold anything; the state follows it.
    let state = stat.rsplit(") ").next().and_then(|rest| rest.chars().next());
    !matches!(state, Some('Z' | 'X'))
}
