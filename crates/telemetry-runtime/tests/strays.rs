//! Tools that leave their group, or have children that do: stopped all the same. Each test starts this binary again as the
//! tool, with the name of its role in a variable.
#![cfg(target_os = "linux")]

#[allow(dead_code, reason = "other tests need the rest of it")]
#[path = "it/processes.rs"]
mod processes;

use std::env;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process;
use std::time::{Duration, Instant};

use rustix::process::{Signal, getpgid, getpid, getppid, kill_process, setpgid};
use telemetry_core::Meter;
use telemetry_runtime::labels::ErrorKind;
use telemetry_runtime::{Limits, Overflow, Tools};
use telemetry_testkit::eventually;
use tokio::process::Command;

use processes::{assert_gone, assert_reaped, pids, runs, sh};

const ROLE: &str = "STRAYS_TEST_ROLE";
const FILE: &str = "STRAYS_TEST_FILE";
const LONG: Duration = Duration::from_secs(600);
/// Long enough for a tool to get where it hangs.
const TIMEOUT: Duration = Duration::from_secs(3);
const LIMITS: Limits = Limits {
    stdout: 10_000,
    overflow: Overflow::Fail,
    kill_at: 10_000,
    stderr_tail: 1000,
    stderr: 10_000,
    grace: Duration::from_millis(300),
    drain: Duration::from_millis(300),
};

/// This binary as a tool that plays a role; what it does before it hangs.
fn plays(role: &str, file: &Path) -> Command {
    let mut command = Command::new(env::current_exe().expect("the test runs"));
    command.args(["plays_its_role", "--exact", "--nocapture"]).env(ROLE, role).env(FILE, file);
    command
}

/// The same, deaf to SIGTERM: what is ignored stays so in another program.
fn plays_deaf(role: &str, file: &Path) -> Command {
    let mut command = Command::new("sh");
    let tool = env::current_exe().expect("the test runs");
    command.args(["-c", "trap '' TERM; exec \"$0\" plays_its_role --exact --nocapture"]).arg(tool);
    command.env(ROLE, role).env(FILE, file);
    command
}

fn note(file: &Path, pid: u32) {
    let file = OpenOptions::new().append(true).create(true).open(file);
    writeln!(file.expect("the file can be written"), "{pid}").expect("the file can be written");
}

/// Does nothing unless a test started it in a role.
#[test]
fn plays_its_role() {
    let Ok(role) = env::var(ROLE) else { return };
    let file = PathBuf::from(env::var_os(FILE).expect("with a role comes a file"));
    if role == "leaves its children" {
        for _ in 0..2 {
            note(&file, process::Command::new("sleep").arg("1000").spawn().expect("it starts").id());
        }
    }
    let parents = getpgid(getppid()).expect("it has a group");
    setpgid(None, Some(parents)).expect("it is of the same session");
    note(&file, process::id());
    match role.as_str() {
        "leaves" | "leaves its children" => {}
        "stops" => kill_process(getpid(), Signal::STOP).expect("it runs"),
        "floods" => loop {
            let _ = std::io::stdout().write_all(&[b'x'; 5000]);
        },
        _ => panic!("no such role: {role}"),
    }
    loop {
        // A child that is killed before its parent does not end it.
        let _ = process::Command::new("sleep").arg("1000").status();
    }
}

/// A tool, how many processes tell their numbers, and as what it fails.
struct Case {
    name: &'static str,
    tool: fn(&Path) -> Command,
    processes: usize,
    kind: ErrorKind,
}

fn cases() -> [Case; 10] {
    let timeout = |name, tool, processes| Case { name, tool, processes, kind: ErrorKind::Timeout };
    [
        timeout("leaves", |file| plays("leaves", file), 1),
        timeout("leaves, deaf", |file| plays_deaf("leaves", file), 1),
        timeout("leaves its children in the old group", |file| plays("leaves its children", file), 3),
        timeout("leaves its children, deaf", |file| plays_deaf("leaves its children", file), 3),
        timeout("leaves and stops", |file| plays("stops", file), 1),
        timeout("leaves and stops, deaf", |file| plays_deaf("stops", file), 1),
        Case { name: "leaves and floods", tool: |file| plays("floods", file), processes: 1, kind: ErrorKind::Stdout },
        timeout(
            "a child begins a session, deaf, while its parent lives",
            |file| {
                let deaf = "trap \"\" TERM; echo $$ >>$0; while :; do sleep 1000; done";
                sh(&format!("echo $$ >>$1; setsid sh -c '{deaf}' $1 <&- >&- 2>&- & wait; sleep 1000"), &[file])
            },
            2,
        ),
        timeout(
            "a grandchild leaves the session of a child that left",
            |file| {
                let inner = "echo $$ >>$0; setsid sh -c \"echo \\$\\$ >>\\$0; sleep 1000\" $0 & wait; sleep 1000";
                sh(&format!("trap '' TERM; echo $$ >>$1; setsid sh -c '{inner}' $1 & wait; wait; sleep 1000"), &[file])
            },
            3,
        ),
        timeout(
            "a stopped child in a session of its own",
            |file| sh("echo $$ >>$1; setsid sh -c 'echo $$ >>$0; kill -STOP $$' $1 & wait; sleep 1000", &[file]),
            2,
        ),
    ]
}

#[tokio::test]
async fn no_tool_escapes_its_limits_by_leaving_its_group() {
    let runs = cases().map(|Case { name, tool, processes, kind }| {
        tokio::spawn(async move {
            let tools = Tools::new(&Meter::noop());
            let directory = tempfile::tempdir().expect("a directory");
            let file = directory.path().join("pids");
            // In the session of this process, whatever terminal that has, so that the tool can join its group.
            let run = tools.run("tool").limits(LIMITS).keep_terminal(true).start();
            let started = Instant::now();
            let error = run.execute(tool(&file), (), TIMEOUT).await.expect_err(name);
            assert_eq!(error.kind(), kind, "{name}: {error:?}");
            assert!(started.elapsed() < Duration::from_secs(20), "{name}: {:?}", started.elapsed());
            let told = pids(&file, processes).await;
            for pid in &told {
                eventually(format!("{name}: process {pid} ends"), || !runs(*pid)).await;
            }
        })
    });
    for run in runs {
        run.await.expect("the tool is stopped");
    }
}

#[tokio::test]
async fn no_tool_escapes_a_dropped_run_by_leaving_its_group() {
    let tools = Tools::new(&Meter::noop());
    for Case { name, tool, processes, kind } in cases() {
        if kind != ErrorKind::Timeout {
            continue;
        }
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("pids");
        let run = tools.run("tool").limits(LIMITS).keep_terminal(true).start();
        let told = tokio::select! {
            result = run.execute(tool(&file), (), LONG) => panic!("{name}: it ended by itself: {result:?}"),
            told = pids(&file, processes) => told,
        };
        assert_gone(&told).await;
    }
}

#[tokio::test]
async fn a_tool_that_left_cleans_up_at_its_one_sigterm() {
    let tools = Tools::new(&Meter::noop());
    let directory = tempfile::tempdir().expect("a directory");
    for (name, script) in [
        ("in its group", "trap 'echo asked >>$1' TERM; while :; do sleep 0.1; done"),
        (
            "a child in a session",
            "setsid sh -c 'trap \"echo asked >>$0\" TERM; while :; do sleep 0.1; done' $1 & wait; wait",
        ),
    ] {
        let file = directory.path().join(name.replace(' ', "-"));
        // Time to write a line on a busy machine.
        let limits = Limits { grace: Duration::from_secs(1), ..LIMITS };
        let run = tools.run("tool").limits(limits).start();
        let error = run.execute(sh(script, &[&file]), (), TIMEOUT).await.expect_err("it hangs");
        assert_eq!(error.kind(), ErrorKind::Timeout, "{name}: {error:?}");
        assert_eq!(fs::read_to_string(&file).unwrap_or_default(), "asked\n", "{name}");
    }
}

#[tokio::test]
async fn what_is_not_below_the_tool_is_left_alone() {
    let tools = Tools::new(&Meter::noop());
    let directory = tempfile::tempdir().expect("a directory");
    // In the group that the tool joins.
    let mut own = process::Command::new("sleep").arg("1000").spawn().expect("it starts");
    let run = tools.run("tool").limits(LIMITS).keep_terminal(true).start();
    let file = directory.path().join("pids");
    let error = run.execute(plays_deaf("leaves", &file), (), TIMEOUT).await.expect_err("it hangs");
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error:?}");
    assert_reaped(pids(&file, 1).await[0]).await;
    assert!(runs(own.id()), "a child of the application's own");

    // What a tool that ends well has started for good goes on.
    let file = directory.path().join("daemon");
    let run = tools.run("tool").limits(LIMITS).start();
    let script =
        "setsid sh -c 'echo $$ >>$0; exec sleep 1000' $1 <&- >&- 2>&- & while ! [ -s $1 ]; do sleep 0.05; done";
    run.execute(sh(script, &[&file]), (), LONG).await.expect("it ends well");
    let daemon = pids(&file, 1).await[0];
    assert!(runs(daemon), "it was left on purpose");
    let daemon = i32::try_from(daemon).ok().and_then(rustix::process::Pid::from_raw).expect("an id");
    kill_process(daemon, Signal::KILL).expect("it runs");
    own.kill().expect("it runs");
    own.wait().expect("it is ours");
}
