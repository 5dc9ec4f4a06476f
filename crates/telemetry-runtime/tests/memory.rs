//! The memory of this whole process stays small while a tool floods its stdout, so it has a process of its own.
#![cfg(target_os = "linux")]

use std::fs;
use std::time::Duration;

use telemetry_core::Meter;
use telemetry_runtime::labels::ErrorKind;
use telemetry_runtime::{Limits, Overflow, Tools};
use tokio::process::Command;

const GIB: u64 = 1 << 30;
const LIMIT: usize = 10_000_000;
/// Of the limit and what reading takes besides (chunks, the runtime's threads), with room for the allocator's moods.
const MOST_KIB: u64 = 2 * LIMIT as u64 / 1024 + 8 * 1024;

/// The most memory that this process ever had, in KiB.
fn peak_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux tells a process's memory");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a line for the peak");
    line.trim().trim_end_matches(" kB").parse().expect("a number of KiB")
}

#[tokio::test]
async fn a_flood_does_not_grow_memory_beyond_the_limit() {
    let flood = |fd: &str| {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("head -c {GIB} /dev/zero >&{fd}")]);
        command
    };
    let tools = Tools::new(&Meter::noop());
    let timeout = Duration::from_secs(300);
    let truncate = Limits { stdout: LIMIT, overflow: Overflow::Truncate, kill_at: 2 * GIB, ..Limits::default() };
    let before = peak_kib();

    let output =
        tools.run("flood").limits(truncate).start().execute(flood("1"), (), timeout).await.expect("it ends well");
    assert_eq!(output.written(), GIB);
    assert_eq!(output.stdout().len(), LIMIT);
    drop(output);

    let error = tools.start("flood").execute(flood("1"), (), timeout).await.expect_err("it passes the limit");
    assert_eq!(error.kind(), ErrorKind::Stdout);

    let patient = Limits { stderr: 2 * GIB, ..Limits::default() };
    let output =
        tools.run("flood").limits(patient).start().execute(flood("2"), (), timeout).await.expect("it ends well");
    assert_eq!(output.stderr_tail().len(), patient.stderr_tail);

    let grown = peak_kib() - before;
    assert!(grown < MOST_KIB, "memory grew by {grown} KiB, allowed are {MOST_KIB}");
}
