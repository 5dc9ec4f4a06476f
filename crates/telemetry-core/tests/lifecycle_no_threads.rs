//! Where the system has no thread left, the set-up says so. The test starts this binary again as a user who may have few.
#![cfg(target_os = "linux")]

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::time::Duration;

use telemetry_core::{InitError, Telemetry};

const LIMITED: &str = "NO_THREADS_LIMITED";
/// A user who has no other process.
const NOBODY_ELSE: u32 = 61_234;

#[test]
fn a_set_up_without_threads_fails() {
    if std::env::var_os(LIMITED).is_some() {
        return;
    }
    // A copy that any user may run: the build's folder need not be open to all.
    let folder = tempfile::Builder::new().permissions(open_to_all()).tempdir().expect("a folder");
    let program = folder.path().join("no_threads");
    std::fs::copy(std::env::current_exe().expect("the test runs"), &program).expect("a copy");
    // The process's own threads are the first, and the one of its test. Root has no limit, anybody else has processes.
    for (most, starts) in [(2, false), (3, false), (4, false), (40, true)] {
        let is_root = rustix::process::geteuid().is_root();
        let limit = if is_root { most } else { threads_of_user() + most };
        let mut child = Command::new("prlimit");
        child
            .arg(format!("--nproc={limit}:{limit}"))
            .arg(&program)
            .args(["limited", "--exact", "--nocapture", "--test-threads", "2"])
            .env(LIMITED, if starts { "starts" } else { "fails" })
            .current_dir("/");
        if is_root {
            child.uid(NOBODY_ELSE).gid(NOBODY_ELSE);
        }
        let output = child.output().expect("util-linux is there");
        assert!(output.status.success(), "{most} threads: {output:?}");
    }
}

/// How many threads this user has, for a limit that leaves so many more.
fn threads_of_user() -> usize {
    let own = rustix::process::geteuid().as_raw();
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let ours = processes.filter(|process| process.metadata().is_ok_and(|process| process.uid() == own));
    ours.map(|process| std::fs::read_dir(process.path().join("task")).map_or(0, Iterator::count)).sum()
}

fn open_to_all() -> std::fs::Permissions {
    std::fs::Permissions::from_mode(0o755)
}

/// Does nothing unless the test above started it.
#[test]
fn limited() {
    let Ok(expected) = std::env::var(LIMITED) else { return };
    let started = Telemetry::builder("no-threads").endpoint("http://127.0.0.1:1").build();
    match (started, &*expected) {
        (Err(InitError::Thread(error)), "fails") => drop(error),
        (Ok(telemetry), "starts") => drop(telemetry.shutdown_within(Duration::from_millis(100))),
        (Ok(_), _) => panic!("it starts without its threads"),
        (Err(error), _) => panic!("{error}"),
    }
}
