//! Stopping a tool stops all that it started, and nothing that it left behind is waited for long.

use std::time::{Duration, Instant};

use telemetry_runtime::labels::ErrorKind;
use telemetry_runtime::{Exit, Limits, Overflow};

use crate::fixture::Fixture;
use crate::processes::{assert_gone, assert_reaped, pids, sh};

const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(200);
const LIMITS: Limits = Limits {
    stdout: 1000,
    overflow: Overflow::Fail,
    kill_at: 1000,
    stderr_tail: 1000,
    stderr: 1000,
    grace: SHORT,
    drain: SHORT,
};

/// Processes that outlive the tool unless they are killed; each holds the pipes.
struct Case {
    name: &'static str,
    script: &'static str,
    processes: usize,
    kind: Option<ErrorKind>,
}

#[tokio::test]
async fn no_process_of_the_group_outlives_the_run() {
    let cases = [
        Case {
            name: "deaf with deaf children",
            script: "trap '' TERM; echo $$ >>$1; sh -c \"trap '' TERM; echo \\$\\$ >>$1; sleep 1000\" & \
                     sh -c \"trap '' TERM; echo \\$\\$ >>$1; sleep 1000\" & wait; sleep 1000",
            processes: 3,
            kind: Some(ErrorKind::Timeout),
        },
        Case {
            name: "ends and leaves a child with the pipes",
            script: "echo $$ >>$1; sleep 1000 & echo $! >>$1; echo done",
            processes: 2,
            kind: None,
        },
        Case {
            name: "ends and leaves a child without the pipes",
            script: "echo $$ >>$1; sleep 1000 <&- >&- 2>&- & echo $! >>$1; echo done",
            processes: 2,
            kind: None,
        },
        Case {
            name: "ends at SIGTERM and leaves a deaf child",
            script: "sh -c \"trap '' TERM; echo \\$\\$ >>$1; sleep 1000\" & echo $$ >>$1; wait; sleep 1000",
            processes: 2,
            kind: Some(ErrorKind::Timeout),
        },
        Case {
            name: "floods while a child sleeps",
            script: "echo $$ >>$1; sleep 1000 & echo $! >>$1; yes",
            processes: 2,
            kind: Some(ErrorKind::Stdout),
        },
    ];
    for Case { name, script, processes, kind } in cases {
        let fixture = Fixture::new();
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("pids");
        let run = fixture.tools.run("tool").limits(LIMITS).start();
        // Long enough for the script to get where it hangs.
        let result = run.execute(sh(script, &[&file]), (), Duration::from_secs(2)).await;
        assert_eq!(result.err().map(|error| error.kind()), kind, "{name}");
        let pids = pids(&file, processes).await;
        assert_gone(&pids).await;
    }
}

#[tokio::test]
async fn a_daemon_is_not_waited_for() {
    for (name, script, kind) in [
        ("the tool ends", "setsid sh -c 'echo $$ >>$0; sleep 20' $1 & echo done", None),
        ("the tool hangs", "(setsid sh -c 'echo $$ >>$0; sleep 20' $1 &); sleep 1000", Some(ErrorKind::Timeout)),
    ] {
        let fixture = Fixture::new();
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("pids");
        let started = Instant::now();
        let run = fixture.tools.run("tool").limits(LIMITS).start();
        let result = run.execute(sh(script, &[&file]), (), Duration::from_secs(2)).await;
        assert!(started.elapsed() < Duration::from_secs(10), "{name}: waited {:?}", started.elapsed());
        match result {
            Ok(output) => {
                assert_eq!(kind, None, "{name}");
                assert_eq!(output.stdout(), b"done\n");
                assert!(output.is_truncated(), "{name}: somebody could still have written");
            }
            Err(error) => assert_eq!(Some(error.kind()), kind, "{name}"),
        }
        for pid in pids(&file, 1).await {
            let escaped = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw).expect("an id");
            rustix::process::kill_process_group(escaped, rustix::process::Signal::KILL).expect("it still runs");
        }
    }
}

#[tokio::test]
async fn the_process_is_reaped() {
    let fixture = Fixture::new();
    let directory = tempfile::tempdir().expect("a directory");
    for (name, script, timeout) in
        [("ends", "echo $$ >$1", LONG), ("hangs", "echo $$ >$1; exec sleep 1000", Duration::from_secs(2))]
    {
        let file = directory.path().join(name);
        let run = fixture.tools.run("tool").limits(LIMITS).start();
        let _ = run.execute(sh(script, &[&file]), (), timeout).await;
        assert_reaped(pids(&file, 1).await[0]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_runs_at_once_each_see_their_own_end() {
    let fixture = Fixture::new();
    let runs: Vec<_> = (0..100_u8)
        .map(|code| {
            let tools = fixture.tools.clone();
            tokio::spawn(async move {
                let result =
                    tools.start("tool").execute(sh(&format!("cat; exit {code}"), &[]), vec![code; 5000], LONG).await;
                match result {
                    Ok(output) => (output.stdout() == [0; 5000]).then_some(0),
                    Err(error) => error.exit().and_then(Exit::code),
                }
            })
        })
        .collect();
    for (code, run) in (0..100_u8).zip(runs) {
        assert_eq!(run.await.expect("the task ends"), Some(code));
    }
    let runs = fixture.total("runtime_tool_execute_seconds", &[("tool_id", "tool")]);
    assert_eq!(runs, 100.0);
}

#[tokio::test]
async fn a_tool_that_is_stopped_hears_sigterm_all_the_same() {
    let fixture = Fixture::new();
    let run = fixture.tools.run("tool").limits(Limits { grace: LONG, ..LIMITS }).start();
    let script = "trap 'echo cleaned up >&2; exit 3' TERM; kill -STOP $$; sleep 1000";
    let started = Instant::now();
    let error = run.execute(sh(script, &[]), (), Duration::from_secs(2)).await.expect_err("the time is over");
    assert_eq!((error.kind(), error.exit()), (ErrorKind::Timeout, Some(Exit::Code(3))), "{error:?}");
    assert!(error.stderr_tail().starts_with(b"cleaned up"), "{error:?}");
    assert!(started.elapsed() < LONG, "it was not waited out");
}
