//! Calls of GitHub's API: what is counted, measured, said and shown, however they end.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use http::{HeaderMap, Method, StatusCode, Uri};
use telemetry_vcs::GitHubOperation;

use crate::fixture::{CALLS, DURATION, ERRORS, Fixture, PULL, PULL_TEMPLATE};

type End = fn(telemetry_vcs::GitHubCall);

#[test]
fn a_call_counts_by_its_endpoint_and_how_it_ended() {
    let ends: [(End, &str, Option<&str>, &str, u64); 9] = [
        (|call| assert!(call.answered(StatusCode::OK, &HeaderMap::new()).is_none()), "200", None, "success", 1),
        (|call| assert!(call.answered(StatusCode::CREATED, &HeaderMap::new()).is_none()), "201", None, "success", 1),
        (
            |call| assert!(call.answered(StatusCode::NOT_MODIFIED, &HeaderMap::new()).is_none()),
            "304",
            None,
            "success",
            1,
        ),
        (
            |call| assert!(call.answered(StatusCode::NOT_FOUND, &HeaderMap::new()).is_none()),
            "404",
            Some("404"),
            "error",
            1,
        ),
        (
            |call| assert!(call.answered(StatusCode::BAD_GATEWAY, &HeaderMap::new()).is_none()),
            "502",
            Some("502"),
            "error",
            1,
        ),
        (|call| call.fail("connection"), "error", Some("connection"), "error", 1),
        (|call| call.timeout(), "error", Some("timeout"), "timeout", 1),
        (|call| call.cancel(), "cancelled", None, "cancelled", 0),
        (drop, "cancelled", None, "cancelled", 0),
    ];
    for (end, status, error_type, outcome, measured) in ends {
        let fixture = Fixture::new();
        end(fixture.call(&Method::GET, PULL, &[]));
        let metrics = fixture.metrics();
        metrics.assert_counter(CALLS, &[("endpoint", PULL_TEMPLATE), ("status", status)], 1.0);
        metrics.assert_total(CALLS, &[], 1.0);
        if measured > 0 {
            metrics.assert_histogram_count(DURATION, &[("endpoint", PULL_TEMPLATE)], measured);
        } else {
            metrics.assert_absent(DURATION, &[]);
        }
        metrics.assert_total(ERRORS, &[], 0.0);
        let span = fixture.span("external.github.pulls/get");
        span.assert_error(error_type);
        span.assert_attribute("outcome", outcome);
    }
}

#[test]
fn a_panic_is_the_callers_and_never_githubs() {
    let fixture = Fixture::new();
    let call = fixture.call(&Method::GET, PULL, &[]);
    let panicked = catch_unwind(AssertUnwindSafe(move || {
        let _call = call;
        panic!("the caller's");
    }));
    assert!(panicked.is_err());
    fixture.assert_counter(CALLS, &[("endpoint", PULL_TEMPLATE), ("status", "cancelled")], 1.0);
    fixture.span("external.github.pulls/get").assert_error(Some("panic"));
}

#[test]
fn a_span_says_which_endpoint_of_which_repository_and_nothing_else_of_the_address() {
    let fixture = Fixture::new();
    let uri = Uri::from_static("https://user:hidden@api.github.com:8443/repos/rust-lang/rust/pulls/7?token=hidden");
    fixture.github.call(&Method::GET, &uri).start().fail("connection");
    let span = fixture.span("external.github.pulls/get");
    for (key, value) in [
        ("peer.service", "github"),
        ("external.operation", "pulls/get"),
        ("http.request.method", "GET"),
        ("url.template", PULL_TEMPLATE),
        ("server.address", "api.github.com"),
        ("server.port", "8443"),
        ("vcs.provider.name", "github"),
        ("vcs.owner.name", "rust-lang"),
        ("vcs.repository.name", "rust"),
    ] {
        span.assert_attribute(key, value);
    }
    // A path may hold a secret: the code that an app is made of, for one.
    let code = Uri::from_static("https://api.github.com/app-manifests/hidden/conversions");
    fixture.github.call(&Method::POST, &code).start().fail("connection");
    let unknown = Uri::from_static("https://api.github.com/hidden/of/nobody");
    fixture.github.call(&Method::POST, &unknown).start().fail("connection");
    fixture.span("external.github.apps/create-from-manifest").assert_no_attribute("vcs.owner.name");
    fixture.span("external.github.POST").assert_attribute("url.template", "_unmatched");
    fixture.assert_nowhere("hidden");
}

#[test]
fn a_span_has_the_id_by_which_github_finds_the_request() {
    let fixture = Fixture::new();
    for (id, expected) in
        [("C0DE:1234", "C0DE:1234".to_owned()), (&*"i".repeat(5_000), format!("{}…", "i".repeat(253)))]
    {
        let headers = crate::fixture::headers(&[("x-github-request-id", id)]);
        assert!(fixture.call(&Method::GET, PULL, &[]).answered(StatusCode::OK, &headers).is_none());
        fixture.span_with("github.request_id", &expected);
    }
}

#[test]
fn the_application_names_an_operation_better() {
    let fixture = Fixture::new();
    let uri = Uri::from_static("https://api.github.com/graphql");
    let query = GitHubOperation::from_static("viewer");
    fixture.github.call(&Method::POST, &uri).operation(query).start().cancel();
    fixture.span("external.github.viewer").assert_attribute("external.operation", "viewer");
    let long = GitHubOperation::new("q".repeat(10_000));
    assert!(long.as_str().len() <= 256, "{} bytes", long.as_str().len());
}

#[test]
fn a_method_that_nobody_knows_is_one_word() {
    let fixture = Fixture::new();
    let method = Method::from_bytes(b"BREW").expect("it is a token");
    fixture.github.call(&method, &Uri::from_static("/nowhere")).start().cancel();
    fixture.span("external.github._OTHER").assert_attribute("http.request.method", "_OTHER");
}

#[test]
fn a_failure_says_why_without_secrets() {
    let fixture = Fixture::new();
    let error = io::Error::other("refused for token ghp_0123456789abcdefghijABCDEFGHIJ456789");
    fixture.call(&Method::GET, PULL, &[]).because(&error).fail("connection");
    let log = fixture.log("GitHub call failed");
    log.assert_severity("WARN");
    log.assert_attribute("endpoint", PULL_TEMPLATE);
    log.assert_attribute("operation", "pulls/get");
    log.assert_attribute("status", "error");
    log.assert_attribute("error_type", "connection");
    assert!(log.attribute("error_message").is_some_and(|why| why.starts_with("refused for token")), "{log:?}");
    log.assert_in(&fixture.span("external.github.pulls/get"));
    fixture.assert_nowhere("ghp_0123456789");
}

#[test]
fn a_thousand_paths_are_one_label() {
    let fixture = Fixture::new();
    for number in 0..1_000 {
        let uri: Uri = format!("https://api.github.com/repos/o{number}/r/pulls/{number}").parse().expect("a URI");
        fixture.github.call(&Method::GET, &uri).start().fail("connection");
        let unknown: Uri = format!("https://api.github.com/made/up/{number}").parse().expect("a URI");
        fixture.github.call(&Method::GET, &unknown).start().fail("connection");
    }
    let metrics = fixture.metrics();
    metrics.assert_counter(CALLS, &[("endpoint", PULL_TEMPLATE), ("status", "error")], 1_000.0);
    metrics.assert_counter(CALLS, &[("endpoint", "_unmatched"), ("status", "error")], 1_000.0);
    assert_eq!(metrics.series_count(CALLS), 2);
    assert_eq!(metrics.total("telemetry_series_overflow_total", &[]), 0.0, "no limit is reached");
}
