//! How a call ends of which a span tells, and how long it took.

use std::time::Duration;

use telemetry_core::Label as _;
use telemetry_llm::labels::ErrorType;
use tokio::time::{advance, timeout};
use tracing::field::Empty;
use tracing::{Instrument as _, Span, info_span};

use super::watched::{Watched, chat, used};
use crate::fixture::{MODEL, NAMES};

/// A call of a library that tells of errors.
fn call() -> Span {
    info_span!(
        "chat",
        gen_ai.operation.name = "chat",
        gen_ai.provider.name = "openai",
        gen_ai.request.model = MODEL,
        gen_ai.response.id = Empty,
        gen_ai.response.finish_reasons = Empty,
        gen_ai.usage.input_tokens = Empty,
        gen_ai.usage.output_tokens = Empty,
        "error.type" = Empty,
        error = Empty,
        otel.status_code = Empty,
        http.response.status_code = Empty,
    )
}

fn say(span: &Span, field: &str, value: impl tracing::Value) {
    span.record(field, value);
}

#[track_caller]
fn assert_ended(watched: &Watched, case: &str, outcome: &str, error: Option<ErrorType>) {
    let metrics = watched.metrics();
    assert_eq!(metrics.total(NAMES.request, &[("outcome", outcome)]), 1.0, "{case}: {metrics}");
    assert_eq!(metrics.total(NAMES.request, &[]), 1.0, "{case}");
    assert_eq!(metrics.total(NAMES.errors, &[]), if error.is_some() { 1.0 } else { 0.0 }, "{case}");
    if let Some(error) = error {
        assert_eq!(metrics.total(NAMES.errors, &[("error_type", error.as_str())]), 1.0, "{case}: {metrics}");
    }
}

#[test]
fn the_class_of_an_error_is_told_by_its_name() {
    let table = [
        ("429", "rate_limited", Some(ErrorType::RateLimit)),
        ("rate_limit_exceeded", "rate_limited", Some(ErrorType::RateLimit)),
        ("RateLimitError", "rate_limited", Some(ErrorType::RateLimit)),
        ("ThrottlingException", "rate_limited", Some(ErrorType::RateLimit)),
        ("timeout", "timeout", Some(ErrorType::Timeout)),
        ("tokio::time::error::Elapsed", "timeout", Some(ErrorType::Timeout)),
        ("APITimeoutError", "timeout", Some(ErrorType::Timeout)),
        ("401", "error", Some(ErrorType::Auth)),
        ("AuthenticationError", "error", Some(ErrorType::Auth)),
        ("insufficient_quota", "error", Some(ErrorType::Auth)),
        ("invalid_request_error", "error", Some(ErrorType::InvalidRequest)),
        ("BadRequestError", "error", Some(ErrorType::InvalidRequest)),
        ("overloaded_error", "error", Some(ErrorType::ServerError)),
        ("503", "error", Some(ErrorType::ServerError)),
        ("APIConnectionError", "error", Some(ErrorType::Connection)),
        ("connection", "error", Some(ErrorType::Connection)),
        ("_OTHER", "error", Some(ErrorType::Unknown)),
        ("200", "error", Some(ErrorType::Unknown)),
        ("CancelledError", "cancelled", None),
    ];
    for (name, outcome, error) in table {
        let watched = Watched::new();
        call().record("error.type", name);
        assert_ended(&watched, name, outcome, error);
    }
}

#[tracing::instrument(
    name = "chat",
    skip_all,
    err,
    fields(gen_ai.operation.name = "chat", gen_ai.provider.name = "openai", gen_ai.request.model = MODEL)
)]
fn fails() -> Result<(), std::io::Error> {
    Err(std::io::Error::other("the library's own"))
}

#[test]
fn an_error_counts_however_a_span_tells_of_it() {
    type Case = (&'static str, fn(), ErrorType);
    let table: [Case; 7] = [
        ("error.type as a number", || say(&call(), "error.type", 529), ErrorType::ServerError),
        ("a status", || say(&call(), "http.response.status_code", 404), ErrorType::InvalidRequest),
        ("a status as text", || say(&call(), "http.response.status_code", "503"), ErrorType::ServerError),
        ("the status of the span", || say(&call(), "otel.status_code", "ERROR"), ErrorType::Unknown),
        ("a flag", || say(&call(), "error", true), ErrorType::Unknown),
        ("a text", || say(&call(), "error", tracing::field::display("no luck")), ErrorType::Unknown),
        ("an error that the function returned", || drop(fails()), ErrorType::Unknown),
    ];
    for (case, tell, error) in table {
        let watched = Watched::new();
        tell();
        assert_ended(&watched, case, "error", Some(error));
    }
}

#[tracing::instrument(err(level = "warn"))]
fn attempt() -> Result<(), std::io::Error> {
    Err(std::io::Error::other("it is tried again"))
}

#[test]
fn an_error_within_counts_where_the_span_tells_of_no_answer() {
    type Case = (&'static str, fn(&Span), &'static str, Option<ErrorType>);
    let table: [Case; 5] = [
        ("a function's", |span| span.in_scope(|| drop(attempt())), "error", Some(ErrorType::Unknown)),
        (
            "a function's, and then an answer",
            |span| {
                span.in_scope(|| drop(attempt()));
                used(span, [1, 0, 0, 0, 0, 0]);
            },
            "success",
            None,
        ),
        (
            "what the application logs",
            |span| span.in_scope(|| tracing::error!(error = "out of stock", "card declined")),
            "cancelled",
            None,
        ),
        (
            "an attempt's",
            |span| span.in_scope(|| say(&call(), "error.type", "429")),
            "rate_limited",
            Some(ErrorType::RateLimit),
        ),
        (
            "an attempt's, and then an answer",
            |span| {
                span.in_scope(|| say(&call(), "error.type", "429"));
                say(span, "gen_ai.response.id", "msg-1");
            },
            "success",
            None,
        ),
    ];
    for (case, tell, outcome, error) in table {
        let watched = Watched::new();
        tell(&call());
        assert_ended(&watched, case, outcome, error);
    }
}

/// A value that speaks while it is shown: it fails where it is, and says something of the span that it is shown for.
struct Talkative;

impl std::fmt::Debug for Talkative {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Span::current().record("gen_ai.usage.input_tokens", 7);
        drop(attempt());
        f.write_str(MODEL)
    }
}

#[test]
fn a_value_that_speaks_of_its_own_span_while_it_is_shown_holds_up_nobody() {
    let (done, is_done) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let watched = Watched::new();
        let span = call();
        span.in_scope(|| say(&span, "gen_ai.request.model", tracing::field::debug(Talkative)));
        drop(span);
        done.send((watched.total(NAMES.request, &[("model", MODEL)]), watched.total(NAMES.tokens, &[])))
    });
    assert_eq!(is_done.recv_timeout(Duration::from_secs(20)), Ok((1.0, 7.0)));
}

#[test]
fn a_span_counts_wherever_it_is_closed_and_not_before() {
    let watched = Watched::new();
    let (span, open) = (call(), call());
    used(&span, [1, 0, 0, 0, 0, 0]);
    let other = span.clone();
    drop(span);
    watched.assert_no_series(NAMES.request, &[]);
    std::thread::spawn(move || drop(other)).join().expect("nothing panics");
    watched.assert_total(NAMES.request, &[("outcome", "success")], 1.0);
    // One that nobody closes is never counted.
    std::mem::forget(open);
    watched.assert_total(NAMES.request, &[], 1.0);
}

#[test]
fn a_span_that_says_neither_an_answer_nor_an_error_was_cancelled() {
    type Case = (&'static str, fn(&Span), &'static str);
    let table: [Case; 8] = [
        ("nothing", |_| {}, "cancelled"),
        ("no usage", |span| used(span, [0; 6]), "cancelled"),
        ("no error", |span| say(span, "error", false), "cancelled"),
        ("a good status", |span| say(span, "http.response.status_code", 200), "cancelled"),
        ("usage", |span| used(span, [1, 0, 0, 0, 0, 0]), "success"),
        ("an id", |span| say(span, "gen_ai.response.id", "msg-1"), "success"),
        ("reasons", |span| say(span, "gen_ai.response.finish_reasons", r#"["stop"]"#), "success"),
        ("a status of the span", |span| say(span, "otel.status_code", "OK"), "cancelled"),
    ];
    for (case, tell, outcome) in table {
        let watched = Watched::new();
        tell(&call());
        assert_ended(&watched, case, outcome, None);
        let unpriced = if outcome == "success" && case != "usage" { 1.0 } else { 0.0 };
        assert_eq!(watched.total(NAMES.unpriced, &[]), unpriced, "{case}");
    }
}

#[test]
fn what_a_failed_call_used_counts() {
    let watched = Watched::new();
    let span = call();
    used(&span, [1_000_000, 0, 0, 0, 0, 0]);
    span.record("error.type", "timeout");
    drop(span);
    assert_ended(&watched, "used", "timeout", Some(ErrorType::Timeout));
    watched.assert_counter(NAMES.cost, &[("model", MODEL)], 1.0);
}

#[tokio::test(start_paused = true)]
async fn a_streamed_answer_lasts_until_its_span_is_dropped() {
    let watched = Watched::new();
    let span = chat();
    async { advance(Duration::from_secs(1)).await }.instrument(span.clone()).await;
    // The consumer takes its time, and the last event brings the usage.
    advance(Duration::from_secs(3)).await;
    span.in_scope(|| used(&Span::current(), [1_000, 500, 0, 0, 0, 0]));
    advance(Duration::from_secs(1)).await;
    watched.assert_no_series(NAMES.request, &[]);
    drop(span);
    let metrics = watched.metrics();
    assert_eq!(metrics.histogram(NAMES.request, &[("outcome", "success")]).sum, 5.0);
    metrics.assert_counter(NAMES.cost, &[], 0.002);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_future_is_cancelled() {
    let watched = Watched::new();
    let work = std::future::pending::<()>().instrument(chat());
    assert!(timeout(Duration::from_secs(2), work).await.is_err());
    assert_ended(&watched, "dropped", "cancelled", None);
    assert_eq!(watched.metrics().histogram(NAMES.request, &[]).sum, 2.0);
}
