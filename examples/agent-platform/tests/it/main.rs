//! The platform as a program.

mod w3c;

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use agent_platform::{Ended, Ready};

fn platform(args: &[&str]) -> Output {
    let mut platform = Command::new(env!("CARGO_BIN_EXE_agent-platform"));
    platform
        .args(args)
        .env("TELEMETRY_SHUTDOWN_TIMEOUT", "2s")
        .stdin(Stdio::null())
        .output()
        .expect("cargo has built it")
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_demo_finds_all_that_it_recorded_although_everything_goes_wrong() {
    let output = platform(&["demo", "--duration", "4s", "--rate", "12", "--faults", "all", "--seed", "3"]);
    let said = stdout(&output);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let catalogues = [
        telemetry_agent::CATALOGUE,
        telemetry_db::CATALOGUE,
        telemetry_runtime::CATALOGUE,
        telemetry_stream::CATALOGUE,
        telemetry_vcs::CATALOGUE,
    ];
    for metric in catalogues.iter().flat_map(|catalogue| catalogue.metrics()) {
        assert!(said.contains(metric.name), "{} is missing in\n{said}", metric.name);
    }
    // One trace as a tree: what is within something stands further to the right.
    let steps = ["http.POST /projects/", "agent.run", "agent.turn.1", "tool.read-file", "mcp.tool.execute"];
    let tree = said.split("one trace, ").nth(1).expect("a trace is shown");
    let mut depth = 0;
    for step in steps {
        let line = tree.lines().find(|line| line.trim_start().starts_with(step)).expect(step);
        let indent = line.len() - line.trim_start().len();
        assert!(indent > depth, "{step} in\n{tree}");
        depth = indent;
    }
    assert!(said.ends_with("All is as recorded.\n"), "{said}");
}

#[test]
fn a_demo_fails_when_nobody_takes_its_telemetry() {
    // Nobody listens on port 1.
    let output = platform(&["demo", "--duration", "500ms", "--faults", "none", "--endpoint", "http://127.0.0.1:1"]);
    assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
    assert!(stdout(&output).contains("WRONG everything was exported before the end"), "{}", stdout(&output));
}

#[test]
fn a_load_says_what_it_did_when_its_input_ends() {
    let receiver = telemetry_testkit::OtlpSink::builder().start().expect("any port will do");
    let output = platform(&["load", "--endpoint", &receiver.endpoint(), "--rate", "20"]);
    let said = stdout(&output);
    let (ready, ended) = said.trim().split_once('\n').expect("two lines");
    let ready: Ready = serde_json::from_str(ready).expect("the first line is its address");
    assert!(ready.metrics.is_some());
    let ended: Ended = serde_json::from_str(ended).expect("the last line is its account");
    assert!(ended.complete, "{}", ended.shutdown);
    let operations = ended.recorded.total("platform_operations_total").unwrap_or_default() as f64;
    assert_eq!(receiver.metrics().total("platform_operations_total", &[]), operations);
}

#[test]
fn a_fault_is_switched_by_a_line() {
    let receiver = telemetry_testkit::OtlpSink::builder().start().expect("any port will do");
    let mut platform = Command::new(env!("CARGO_BIN_EXE_agent-platform"));
    platform.args(["load", "--endpoint", &receiver.endpoint(), "--rate", "20", "--faults", "none"]);
    platform.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut platform = platform.spawn().expect("cargo has built it");
    let mut input = platform.stdin.take().expect("it is piped");
    input.write_all(b"fault provider-outage on\nfault power-cut on\n").expect("it reads");
    drop(input);
    let output = platform.wait_with_output().expect("it ends");
    let said = stdout(&output);
    let ended = said.lines().last().expect("it has its say");
    let ended: Ended = serde_json::from_str(ended).expect("the last line is its account");
    // Each provider was asked, and one of them is away.
    let failed = receiver.metrics().total("llm_provider_errors_total", &[("provider", "anthropic")]);
    assert!(failed > 0.0, "{said}");
    assert_eq!(receiver.metrics().total("llm_provider_errors_total", &[]), failed);
    assert_eq!(ended.recorded.total("llm_provider_errors_total"), Some(failed as u64));
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(errors.contains("accepted is `fault NAME on`") && errors.contains("fault power-cut on"), "{errors}");
}

#[test]
fn a_demo_without_git_says_that_it_needs_it() {
    let mut platform = Command::new(env!("CARGO_BIN_EXE_agent-platform"));
    platform.args(["demo", "--duration", "500ms"]).env("PATH", "/nonexistent").stdin(Stdio::null());
    let output = platform.output().expect("cargo has built it");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("error: worktrees need git, and there is no program `git`"), "{said}");
}

#[test]
fn what_is_not_accepted_is_an_error_that_names_it() {
    let cases: [(&[&str], &str); 4] = [
        (&["deploy"], "deploy"),
        (&["--verbose"], "--verbose"),
        (&["demo", "--speed", "1"], "--speed"),
        (&["demo", "--endpoint", "localhost:4317"], "localhost:4317"),
    ];
    for (args, named) in cases {
        let output = platform(args);
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.starts_with("error: ") && said.contains(named), "{args:?}: {said}");
    }
}
