//! The log in the console's place. Each test starts this binary again, in a role, because a process has one subscriber.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use telemetry_core::Telemetry;
use telemetry_testkit::{OtlpSink, eventually};

use crate::fixture::parsed;

const ROLE: &str = "LOGS_TEST_ROLE";

fn started(role: &str, variables: &[(&str, &str)], sink: &OtlpSink) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("the test runs"));
    command
        .args(["lifecycle::plays_its_role", "--exact", "--nocapture"])
        .env(ROLE, role)
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", sink.endpoint())
        .envs(variables.iter().copied())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    command
}

/// What this binary prints to standard error, with these variables set, and what it exports.
fn printed(variables: &[(&str, &str)]) -> (String, OtlpSink) {
    let sink = OtlpSink::start();
    let output = started("plain", variables, &sink).output().expect("the test's own binary starts");
    let text = String::from_utf8(output.stderr).expect("what is printed is text");
    assert!(output.status.success(), "{text}");
    (text, sink)
}

/// Does nothing unless a test started it in a role.
#[test]
fn plays_its_role() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let builder = telemetry_logs::install(Telemetry::builder("shop"));
    let telemetry = builder.from_env().expect("the environment is good").init().expect("the settings are good");
    let work = || {
        telemetry_logs::component::session(Some("s-1")).in_scope(|| {
            tracing::info!(password = "hunter2", "sold");
            tracing::debug!("detail");
            tracing::error!(error_code = "SESSION_CONNECTION_FAILED", "lost");
        });
    };
    if role == "nested" {
        tracing::info!(before = 1, value = ?Logging, behind = 2, "around");
        let span = tracing::info_span!("work", session_id = tracing::field::Empty).entered();
        // What is logged meanwhile stands within the span that is being recorded.
        span.record("session_id", tracing::field::debug(Logging));
        tracing::info!("recorded");
        return;
    }
    if role == "thread ends" {
        for touches_first in [true, false] {
            let thread = std::thread::spawn(move || {
                if !touches_first {
                    tracing::info!("before");
                }
                KEPT.with(|kept| kept.set(Some(Last)));
                if touches_first {
                    tracing::info_span!("work", session_id = "s-1").in_scope(|| tracing::info!("before"));
                }
            });
            thread.join().expect("it ends");
        }
        return;
    }
    work();
    if role == "waits" {
        let changed = || telemetry.log_levels().to_string() == "debug";
        eventually("the level is another", changed).wait();
        work();
    }
}

/// Logs while it is written as the value of a field.
struct Logging;

impl std::fmt::Debug for Logging {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        tracing::info!(inner = 1, "within");
        f.write_str("logged")
    }
}

#[test]
fn a_value_that_logs_while_it_is_written_has_a_line_of_its_own() {
    let sink = OtlpSink::start();
    let output = started("nested", &[], &sink).output().expect("the test's own binary starts");
    let text = String::from_utf8(output.stderr).expect("what is printed is text");
    let lines = parsed(&text);
    let line = |message: &str| lines.iter().find(|line| line["message"] == message).expect("it has a line");
    assert_eq!(line("within")["data"], serde_json::json!({"inner": 1}));
    assert_eq!(line("around")["data"], serde_json::json!({"before": 1, "value": "logged", "behind": 2}));
    assert_eq!(line("recorded")["sessionId"], "logged");
}

/// Logs when its thread's variables are destroyed.
struct Last;

impl Drop for Last {
    fn drop(&mut self) {
        tracing::info!(error_code = "AGENT_EXECUTION_ERROR", "last words");
    }
}

thread_local! {
    static KEPT: std::cell::Cell<Option<Last>> = const { std::cell::Cell::new(None) };
}

#[test]
fn what_is_logged_while_a_thread_ends_has_its_line_and_aborts_nothing() {
    let sink = OtlpSink::start();
    // Log records go through the SDK, which asks for the thread's context whatever is left of it.
    let variables = [("OTEL_LOGS_EXPORTER", "none")];
    let output = started("thread ends", &variables, &sink).output().expect("the test's own binary starts");
    let text = String::from_utf8(output.stderr).expect("what is printed is text");
    assert!(output.status.success(), "{text}");
    assert_eq!(messages(&parsed(&text)), ["before", "last words", "before", "last words"]);
}

fn messages(lines: &[Value]) -> Vec<&str> {
    lines.iter().map(|line| line["message"].as_str().expect("a message")).collect()
}

#[test]
fn lines_of_the_schema_take_the_consoles_place() {
    let (text, sink) = printed(&[]);
    let lines = parsed(&text);
    assert_eq!(messages(&lines), ["sold", "lost"]);
    assert_eq!((&lines[0]["service"], &lines[0]["component"]), (&"shop".into(), &"session".into()));
    assert_eq!((&lines[0]["sessionId"], &lines[0]["data"]["password"]), (&"s-1".into(), &"[redacted]".into()));
    assert_eq!(sink.logs().containing("sold").len(), 1, "the same goes over OTLP");
    let labels = [("error_code", "SESSION_CONNECTION_FAILED"), ("component", "session")];
    assert_eq!(sink.metrics().total("agentpane_errors_total", &labels), 1.0);
}

#[test]
fn what_an_application_adds_to_what_is_secret_holds_for_lines_and_for_the_export() {
    let (text, sink) = printed(&[("TELEMETRY_MASK_PATTERNS", "SOL,lost"), ("TELEMETRY_MASK_NAMES", "error_code")]);
    let lines = parsed(&text);
    assert_eq!(messages(&lines), ["[redacted]", "[redacted]"]);
    let logs = sink.logs();
    assert_eq!((logs.len(), logs.containing("sold").len() + logs.containing("lost").len()), (2, 0), "{logs}");
    assert!(logs.iter().any(|log| log.attribute("error_code") == Some("[redacted]")), "{logs}");
}

#[test]
fn the_level_of_the_environment_holds_unless_ours_says_another() {
    for (variables, expected) in [
        (vec![("LOG_LEVEL", "debug")], 3),
        (vec![("LOG_LEVEL", "error")], 1),
        (vec![("RUST_LOG", "warn,it=debug")], 3),
        (vec![("LOG_LEVEL", "debug"), ("TELEMETRY_LOG_LEVEL", "error")], 1),
        (vec![("TELEMETRY_LOG_CONSOLE", "off")], 0),
    ] {
        let mut variables = variables;
        variables.push(("TELEMETRY_LOG_SAMPLING_DEBUG", "1"));
        let lines = parsed(&printed(&variables).0);
        assert_eq!(lines.len(), expected, "{variables:?}: {lines:?}");
    }
}

#[test]
fn files_have_the_lines_whatever_the_console_shows() {
    for (console, is_json) in [("json", true), ("pretty", false)] {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().to_str().expect("a path");
        let (text, _) = printed(&[("TELEMETRY_LOG_DIRECTORY", path), ("TELEMETRY_LOG_CONSOLE", console)]);
        assert_eq!(text.starts_with('{'), is_json, "{text}");
        let read = |level: &str| std::fs::read_to_string(directory.path().join(format!("shop.{level}.jsonl")));
        assert_eq!(parsed(&read("info").expect("it is there")).len(), 1);
        assert_eq!(messages(&parsed(&read("error").expect("it is there"))), ["lost"]);
    }
}

#[test]
fn codes_of_errors_are_counted_where_no_line_is_written() {
    for console in ["off", "pretty"] {
        let (text, sink) = printed(&[("TELEMETRY_LOG_CONSOLE", console)]);
        assert_eq!(text.is_empty(), console == "off", "{text}");
        let labels = [("error_code", "SESSION_CONNECTION_FAILED"), ("component", "session")];
        assert_eq!(sink.metrics().total("agentpane_errors_total", &labels), 1.0, "{console}");
    }
}

#[test]
fn a_wrong_setting_is_refused_by_its_variable() {
    let builder = telemetry_logs::install(Telemetry::builder("shop"));
    let refused = builder.from_vars([("LOG_LEVEL", "loud")]).resolve().expect_err("it is refused");
    assert!(refused.to_string().starts_with("LOG_LEVEL: \"loud\" is not accepted"), "{refused}");
}

#[cfg(all(feature = "signals", unix))]
#[test]
fn sighup_has_the_level_read_again() {
    use rustix::process::{Pid, Signal, kill_process};

    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("level");
    std::fs::write(&file, "error").expect("it is written");
    let sink = OtlpSink::start();
    let path: &Path = &file;
    let variables = [
        ("TELEMETRY_LOG_LEVEL_FILE", path.to_str().expect("a path")),
        ("TELEMETRY_LOG_DIRECTORY", directory.path().to_str().expect("a path")),
        ("TELEMETRY_LOG_SAMPLING_DEBUG", "1"),
    ];
    let child = started("waits", &variables, &sink).spawn().expect("the test's own binary starts");
    // The handler is there once the first line is.
    eventually("it has begun", || directory.path().join("shop.error.jsonl").exists()).wait();
    std::fs::write(&file, "debug").expect("it is written");
    let pid = Pid::from_raw(i32::try_from(child.id()).expect("a pid")).expect("a pid");
    kill_process(pid, Signal::HUP).expect("it is sent");
    let output = child.wait_with_output().expect("it ends");
    let text = String::from_utf8(output.stderr).expect("what is printed is text");
    assert!(output.status.success(), "{text}");
    let lines = parsed(&text);
    let messages = messages(&lines);
    assert!(messages.contains(&"detail") && messages.contains(&"log levels were read again"), "{messages:?}");
}
