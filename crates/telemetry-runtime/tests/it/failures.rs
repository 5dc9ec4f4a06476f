//! Each way a process can end, and what is recorded of it.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::time::{Duration, Instant};

use telemetry_runtime::labels::ErrorKind;
use telemetry_runtime::{Exit, Failure, Input, Limits, Overflow};
use tokio::process::Command;

use crate::fixture::{Fixture, NAMES};
use crate::processes::sh;

const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(200);
/// Long enough for a shell to set its traps.
const TIMEOUT: Duration = Duration::from_secs(2);

struct Case {
    name: &'static str,
    script: &'static str,
    input: Input,
    timeout: Duration,
    limits: Limits,
    kind: Option<ErrorKind>,
    exit: Exit,
}

fn case(name: &'static str, script: &'static str, kind: Option<ErrorKind>, exit: Exit) -> Case {
    let limits = Limits { grace: SHORT, drain: SHORT, ..Limits::default() };
    Case { name, script, input: ().into(), timeout: LONG, limits, kind, exit }
}

/// More than any pipe holds, so that a tool that does not read it is noticed.
fn more_than_a_pipe() -> Input {
    vec![b'x'; 4 << 20].into()
}

fn cases() -> Vec<Case> {
    const KILLED: Exit = Exit::Signal(9);
    let small = Limits { stdout: 1000, stderr: 1000, drain: SHORT, ..Limits::default() };
    let flood = "head -c 100000000 /dev/zero";
    vec![
        case("well-behaved", "echo done", None, Exit::Code(0)),
        case("failing", "echo no >&2; exit 3", Some(ErrorKind::Wait), Exit::Code(3)),
        case("highest code", "exit 255", Some(ErrorKind::Wait), Exit::Code(255)),
        case("crashing", "kill -SEGV $$", Some(ErrorKind::Wait), Exit::Signal(11)),
        case("killed", "kill -KILL $$", Some(ErrorKind::Wait), KILLED),
        Case {
            timeout: TIMEOUT,
            limits: Limits { grace: LONG, ..Limits::default() },
            ..case("hanging", "exec sleep 1000", Some(ErrorKind::Timeout), Exit::Signal(15))
        },
        Case {
            timeout: TIMEOUT,
            ..case("deaf", "trap '' TERM; while :; do sleep 1000; done", Some(ErrorKind::Timeout), KILLED)
        },
        Case {
            timeout: TIMEOUT,
            limits: Limits { grace: LONG, ..Limits::default() },
            ..case("cleaning up", "trap 'exit 7' TERM; sleep 1000 & wait", Some(ErrorKind::Timeout), Exit::Code(7))
        },
        Case { limits: small, ..case("flooding stdout", flood, Some(ErrorKind::Stdout), KILLED) },
        Case {
            limits: small,
            ..case("flooding stderr", "head -c 100000000 /dev/zero >&2", Some(ErrorKind::Stderr), KILLED)
        },
        Case {
            limits: Limits { overflow: Overflow::Truncate, kill_at: 50_000_000, ..small },
            ..case("flooding past the truncation", flood, Some(ErrorKind::Stdout), KILLED)
        },
        Case {
            limits: Limits { overflow: Overflow::Truncate, kill_at: u64::MAX, ..small },
            ..case("truncated", flood, None, Exit::Code(0))
        },
        Case { input: "few words".into(), ..case("short input unread", "exit 0", None, Exit::Code(0)) },
        Case {
            input: "few words".into(),
            ..case("short input unread, failing", "exit 4", Some(ErrorKind::Wait), Exit::Code(4))
        },
        Case {
            input: more_than_a_pipe(),
            ..case("stdin closed early, fine", "exec 0<&-; exit 0", None, Exit::Code(0))
        },
        Case {
            input: more_than_a_pipe(),
            ..case("stdin closed early, failing", "exec 0<&-; sleep 0.1; exit 5", Some(ErrorKind::Stdin), Exit::Code(5))
        },
        Case {
            input: more_than_a_pipe(),
            ..case("crashing before its input", "kill -ABRT $$", Some(ErrorKind::Wait), Exit::Signal(6))
        },
        Case {
            input: more_than_a_pipe(),
            ..case("failing after its input", "cat >/dev/null; exit 6", Some(ErrorKind::Wait), Exit::Code(6))
        },
    ]
}

#[tokio::test]
async fn each_end_is_recorded_as_what_it_is() {
    for Case { name, script, input, timeout, limits, kind, exit } in cases() {
        let fixture = Fixture::new();
        let run = fixture.tools.run("tool").limits(limits).start();
        let result = run.execute(sh(script, &[]), input, timeout).await;

        assert_eq!(result.as_ref().err().map(|error| error.kind()), kind, "{name}");
        if let Err(error) = &result {
            assert_eq!(error.exit(), Some(exit), "{name}");
        }
        let outcome = match kind {
            None => "success",
            Some(ErrorKind::Timeout) => "timeout",
            Some(_) => "error",
        };
        fixture.assert_run("tool", outcome, kind);

        let code = exit.code().map(|code| code.to_string()).unwrap_or_default();
        let signal = exit.signal().unwrap_or_default();
        let status = if signal.is_empty() { "exit" } else { "signal" };
        let metrics = fixture.metrics();
        assert_eq!(metrics.series_count(NAMES.exits), 1, "{name}: {metrics}");
        metrics.assert_counter(NAMES.exits, &[("status", status), ("code", &code), ("signal", signal)], 1.0);
        metrics.assert_histogram_count(NAMES.output, &[("tool_id", "tool")], 1);

        let span = fixture.span("runtime.execute_tool");
        span.assert_attribute("timeout_ms", &timeout.as_millis().to_string());
        assert_eq!(span.attribute("exit_code").unwrap_or_default(), code, "{name}");
        assert_eq!(span.attribute("signal").unwrap_or_default(), signal, "{name}");
    }
}

#[tokio::test]
async fn a_missing_binary_is_a_start_error_and_no_exit() {
    let fixture = Fixture::new();
    let run = fixture.tools.start("tool");
    let error = run.execute(Command::new("/nowhere/tool"), "input", LONG).await.expect_err("no binary");
    assert_eq!(error.kind(), ErrorKind::Start);
    assert_eq!(error.exit(), None);
    fixture.assert_run("tool", "error", Some(ErrorKind::Start));
    let metrics = fixture.metrics();
    metrics.assert_absent(NAMES.exits, &[]);
    metrics.assert_absent(NAMES.output, &[]);
}

#[tokio::test]
async fn output_and_input_of_any_size_pass_at_once() {
    let fixture = Fixture::new();
    // Of these sizes, one goes before the start, one fits a pipe, and one would block both sides if done in turn.
    for size in [0, 1, 4096, 4097, 65_536, 8_000_000] {
        let input: Vec<u8> = (0..size).map(|i: u32| i.to_le_bytes()[1]).collect();
        let output = fixture.tools.start("cat").execute(sh("cat", &[]), input.clone(), LONG).await.expect("cat works");
        assert_eq!(output.stdout(), input, "{size} bytes");
        assert_eq!(output.written(), u64::from(size));
        assert!(!output.is_truncated());
    }
    let metrics = fixture.metrics();
    let sizes = metrics.histogram(NAMES.output, &[("tool_id", "cat")]);
    assert_eq!(sizes.sum, f64::from(1 + 4096 + 4097 + 65_536 + 8_000_000));
    assert_eq!(sizes.bounds, [100.0, 1e3, 1e4, 1e5, 1e6, 1e7]);
}

#[tokio::test]
async fn what_passes_the_limit_is_cut_where_that_is_wanted() {
    let fixture = Fixture::new();
    let limits = Limits { stdout: 5, overflow: Overflow::Truncate, kill_at: 100, stderr_tail: 4, ..Limits::default() };
    let run = fixture.tools.run("tool").limits(limits).start();
    let output = run.execute(sh("printf 123456789; printf abcdefg >&2", &[]), (), LONG).await.expect("it succeeds");
    assert_eq!(output.stdout(), b"12345");
    assert_eq!(output.stderr_tail(), b"defg");
    assert_eq!(output.written(), 9);
    assert!(output.is_truncated());
    fixture.span("runtime.execute_tool").assert_attribute("output_bytes", "9");
}

#[tokio::test]
async fn exactly_the_limit_is_within_it() {
    let fixture = Fixture::new();
    let limits = Limits { stdout: 9, ..Limits::default() };
    let run = fixture.tools.run("tool").limits(limits).start();
    let output = run.execute(sh("printf 123456789", &[]), (), LONG).await.expect("it succeeds");
    assert_eq!(output.into_stdout(), b"123456789");
}

#[tokio::test]
async fn json_is_parsed_where_that_is_wanted() {
    let fixture = Fixture::new();
    let good = fixture.tools.start("good");
    let words: Vec<String> = good.execute_json(sh("cat", &[]), r#"["a", "b"]"#, LONG).await.expect("valid JSON");
    assert_eq!(words, ["a", "b"]);
    fixture.assert_run("good", "success", None);
    let marked = fixture.tools.start("marked").execute_json(sh(r#"printf '\357\273\277["a"]'"#, &[]), (), LONG);
    let words: Vec<String> = marked.await.expect("a byte order mark is no error");
    assert_eq!(words, ["a"]);

    for (tool, script) in [
        ("none", "true"),
        ("cut", r#"printf '["a",'"#),
        ("syntax", "echo hello"),
        ("shape", r#"echo '{"secret-key": 1}'"#),
    ] {
        let run = fixture.tools.start(tool);
        let error = run.execute_json::<Vec<String>>(sh(script, &[]), (), LONG).await.expect_err("no such JSON");
        assert_eq!(error.kind(), ErrorKind::Parse, "{tool}");
        assert_eq!(error.exit(), Some(Exit::Code(0)), "{tool}");
        fixture.assert_run(tool, "error", Some(ErrorKind::Parse));
    }
    fixture.assert_counter(NAMES.exits, &[("status", "exit"), ("code", "0"), ("signal", "")], 6.0);
}

/// An executable of the test's own, in a directory that goes with it; open for writing until the file is dropped.
fn busy_tool() -> (tempfile::TempDir, std::path::PathBuf, fs::File) {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("tool");
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o755).open(&path).expect("a file");
    file.write_all(b"#!/bin/sh\ncat\n").expect("it takes it");
    (directory, path, file)
}

#[tokio::test]
async fn an_executable_that_was_just_written_is_tried_again() {
    let fixture = Fixture::new();
    let (_directory, path, file) = busy_tool();
    let run = fixture.tools.start("tool").execute(Command::new(&path), "input", LONG);
    // The run goes first, and finds the executable busy.
    let (output, ()) = tokio::join!(run, async { drop(file) });
    assert_eq!(output.expect("it is closed by now").stdout(), b"input");
    fixture.assert_run("tool", "success", None);
}

#[tokio::test]
async fn an_executable_that_stays_busy_is_a_start_error() {
    let fixture = Fixture::new();
    let (_directory, path, _file) = busy_tool();
    let started = Instant::now();
    let error = fixture.tools.start("tool").execute(Command::new(&path), (), LONG).await.expect_err("it is busy");
    let Failure::Start(source) = error.failure() else { panic!("{error:?}") };
    assert_eq!(source.kind(), io::ErrorKind::ExecutableFileBusy);
    assert!(started.elapsed() >= Duration::from_millis(200), "{:?}", started.elapsed());
    fixture.assert_run("tool", "error", Some(ErrorKind::Start));
}
