//! What `init` prints of the application's events. Each test starts this binary again, with the name of a role in a
//! variable, because a process has one subscriber.

use std::process::{Command, Stdio};

use telemetry_core::Telemetry;
use telemetry_testkit::OtlpSink;
use tracing_subscriber::Layer as _;

const ROLE: &str = "CONSOLE_TEST_ROLE";

/// Set where what is printed would hold secrets.
const LEAKS: &str = "CONSOLE_TEST_LEAKS";
/// So long, because a line's time has any four digits now and then.
const NUMBER: u64 = 4_711_815_234_260_871;
const TOKEN: &str = "sk-ant-api03-R2D2c3poBB8xYzAbCdEf0123456789";

fn leak() {
    let span = tracing::info_span!("till.sell", api_key = "hunter2", late = tracing::field::Empty, till_id = "north");
    span.record("late", TOKEN);
    span.in_scope(|| {
        let headers = format!("Authorization: Bearer hunter2\nx-api-key: hunter2\n{TOKEN}");
        tracing::info!(password = "hunter2", pin_token = NUMBER, headers, body = ?headers, "the key {TOKEN} is used");
        tracing::error!(name = "x-api-key", value = "hunter2", "postgres://app:hunter2@db/shop is gone");
    });
}

/// What this binary prints to standard error in a role, with these variables set.
fn printed(role: &str, variables: &[(&str, &str)]) -> String {
    printed_and_sent(role, variables).0
}

/// The same, and what it exports.
fn printed_and_sent(role: &str, variables: &[(&str, &str)]) -> (String, OtlpSink) {
    let sink = OtlpSink::start();
    let output = Command::new(std::env::current_exe().expect("the test runs"))
        .args(["plays_its_role", "--exact", "--nocapture"])
        .env(ROLE, role)
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", sink.endpoint())
        .envs(variables.iter().copied())
        .stdout(Stdio::null())
        .output()
        .expect("the test's own binary starts");
    let text = String::from_utf8(output.stderr).expect("what is printed is text");
    assert!(output.status.success(), "{text}");
    (text, sink)
}

/// Does nothing unless a test started it in a role.
#[test]
fn plays_its_role() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let builder = Telemetry::builder("console").from_env().expect("the environment is good");
    let builder = match role.as_str() {
        "plain" => builder,
        "own layer" => builder.with_layer(
            tracing_subscriber::fmt::layer()
                .with_writer(std::io::stderr)
                .with_ansi(false)
                .with_filter(tracing_subscriber::filter::LevelFilter::WARN),
        ),
        "own subscriber" => builder.own_subscriber(),
        "disabled" => builder.disabled(true),
        role => panic!("unknown role {role}"),
    };
    let _telemetry = builder.init().expect("the settings are good");
    if std::env::var_os(LEAKS).is_some() {
        return leak();
    }
    let span = tracing::info_span!("till.sell", till_id = "north");
    span.in_scope(|| {
        tracing::info!(items = 3, "sold");
        tracing::debug!("too much to tell");
        tracing::info!(target: telemetry_core::trace::SPANS_ONLY, "for spans alone");
        log::warn!(target: "drawer", "the drawer sticks");
        log::info!(target: "hyper::client", "what the transport says");
    });
}

fn objects(text: &str) -> Vec<serde_json::Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

#[test]
fn without_a_terminal_each_event_is_a_json_object_on_a_line() {
    let text = printed("plain", &[]);
    let [sold, sticks] = &objects(&text)[..] else { panic!("two events: {text}") };
    assert_eq!(sold["message"], "sold");
    assert_eq!((&sold["level"], &sold["items"]), (&"INFO".into(), &3.into()));
    assert_eq!((&sold["span"]["name"], &sold["span"]["till_id"]), (&"till.sell".into(), &"north".into()));
    // A record of the log crate looks like an event of tracing.
    assert_eq!((&sticks["message"], &sticks["level"]), (&"the drawer sticks".into(), &"WARN".into()));
    assert_eq!(sticks["target"], "drawer");
}

#[test]
fn records_of_the_log_crate_are_exported_like_events() {
    let (_, sink) = printed_and_sent("plain", &[]);
    let (logs, spans) = (sink.logs(), sink.spans());
    let sticks = logs.one("the drawer sticks");
    assert_eq!((sticks.severity.as_str(), sticks.scope.as_str()), ("WARN", "drawer"));
    assert_eq!(sticks.span_id.as_deref(), Some(spans.one("till.sell").span_id.as_str()));
    assert!(sticks.attributes.keys().all(|key| !key.starts_with("log.")), "{sticks}");
    assert_eq!(logs.len(), 2, "{logs}");
}

#[test]
fn the_form_is_a_setting() {
    let pretty = printed("plain", &[("TELEMETRY_LOG_CONSOLE", "pretty")]);
    let lines: Vec<_> = pretty.lines().collect();
    assert_eq!(lines.len(), 2, "{pretty}");
    assert!(
        lines[0].contains("INFO") && lines[0].contains("sold") && lines[0].contains("till_id=\"north\""),
        "{pretty}"
    );
    assert!(!pretty.contains('\u{1b}'), "no colours where there is no terminal: {pretty}");
    assert_eq!(printed("plain", &[("TELEMETRY_LOG_CONSOLE", "OFF")]), "");
    assert_eq!(objects(&printed("plain", &[("TELEMETRY_LOG_CONSOLE", "json")])).len(), 2);
}

#[test]
fn the_levels_are_those_of_the_log() {
    let text = printed("plain", &[("TELEMETRY_LOG_LEVEL", "debug")]);
    assert!(objects(&text).iter().any(|event| event["message"] == "too much to tell"), "{text}");
    let text = printed("plain", &[("TELEMETRY_LOG_LEVEL", "warn")]);
    assert_eq!(objects(&text).len(), 1, "{text}");
}

#[test]
fn an_application_with_a_layer_or_a_subscriber_prints_by_itself() {
    let text = printed("own layer", &[]);
    assert_eq!(text.lines().count(), 1, "its own layer shows warnings alone: {text}");
    assert!(text.contains("the drawer sticks"), "{text}");
    assert_eq!(printed("own subscriber", &[]), "");
}

#[test]
fn the_applications_log_does_not_end_with_the_telemetry() {
    assert_eq!(objects(&printed("disabled", &[])).len(), 2);
}

#[test]
fn no_form_prints_secrets() {
    for form in ["pretty", "json"] {
        let text = printed("plain", &[("TELEMETRY_LOG_CONSOLE", form), (LEAKS, "1")]);
        assert_eq!(text.lines().count(), 2, "{text}");
        for secret in ["hunter2", &NUMBER.to_string(), "R2D2c3po"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
        for kept in ["north", "the key [redacted] is used", "app:[redacted]@db/shop", "x-api-key"] {
            assert!(text.contains(kept), "{kept} in {text}");
        }
        if form == "json" {
            assert_eq!(objects(&text)[0]["pin_token"], "[redacted]");
        }
        let own =
            [("TELEMETRY_LOG_CONSOLE", form), ("TELEMETRY_MASK_NAMES", "till_id"), ("TELEMETRY_MASK_PATTERNS", "sold")];
        let text = printed("plain", &own);
        assert!(!text.contains("north") && !text.contains("sold"), "what an application adds goes too: {text}");
    }
}
