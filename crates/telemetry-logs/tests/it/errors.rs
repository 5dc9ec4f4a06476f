//! The error of a line, and the count of errors by their code.

use std::io;

use serde_json::json;
use telemetry_logs::{LogSettings, SamplingSettings, component};
use telemetry_testkit::TestTelemetry;

use crate::fixture::{Log, all};

#[derive(Debug, thiserror::Error)]
#[error("the orders cannot be stored")]
struct NotStored(#[source] io::Error);

#[test]
fn an_error_is_told_with_its_causes_and_without_secrets() {
    let error = NotStored(io::Error::other("postgres://app:hunter2@db refused"));
    let line = Log::line(|| {
        tracing::error!(
            error = &error as &dyn std::error::Error,
            error.stack = "at a\nat b",
            error.details.attempt = 3,
            "Database query failed"
        );
    });
    assert_eq!(
        line["error"],
        json!({
            "code": "UNKNOWN_ERROR",
            "message": "the orders cannot be stored: postgres://app:[redacted]@db refused",
            "stack": "at a\nat b",
            "details": {"attempt": 3},
        })
    );
}

#[test]
fn the_code_is_what_was_said_or_else_the_type() {
    for (line, code, message) in [
        (Log::line(|| tracing::warn!(error_code = "GITHUB_RATE_LIMITED", "limited")), "GITHUB_RATE_LIMITED", "limited"),
        (Log::line(|| tracing::warn!(error_type = "timeout", error_message = "too slow", "x")), "timeout", "too slow"),
        (Log::line(|| tracing::error!(err = "odd", "x")), "UNKNOWN_ERROR", "odd"),
    ] {
        assert_eq!(line["error"]["code"], code);
        assert_eq!(line["error"]["message"], message);
        assert!(line.get("data").is_none(), "{line}");
    }
    assert!(Log::line(|| tracing::error!("nothing is known")).get("error").is_none());
}

#[test]
fn a_code_counts_by_its_component_also_where_the_line_is_sampled_out() {
    let telemetry = TestTelemetry::new();
    let none = SamplingSettings { warn: 0.0, ..SamplingSettings::default() };
    let settings = LogSettings { sampling: none, ..all() };
    let log = Log::with(|builder| builder.settings(settings).meter(telemetry.meter()));
    log.run(|| {
        component::github().in_scope(|| tracing::warn!(error_code = "GITHUB_RATE_LIMITED", "limited"));
        tracing::error!(error_code = "BUDGET_EXCEEDED", component = "agent", "spent");
        tracing::error!(error_code = "BUDGET_EXCEEDED", component = "agent", "spent");
        tracing::error!("no code");
    });
    assert_eq!(log.lines().len(), 3);
    telemetry.assert_total(
        "agentpane_errors_total",
        &[("error_code", "GITHUB_RATE_LIMITED"), ("component", "github")],
        1.0,
    );
    telemetry.assert_total("agentpane_errors_total", &[("error_code", "BUDGET_EXCEEDED"), ("component", "agent")], 2.0);
}
