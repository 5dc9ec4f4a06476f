//! The classes of failures, on bodies in the shapes that the providers document.

use std::error::Error;
use std::io;
use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::json;
use telemetry_llm::Failure;
use telemetry_llm::labels::ErrorType;
use telemetry_llm::labels::ErrorType::{Auth, Connection, InvalidRequest, RateLimit, ServerError, Timeout, Unknown};

#[test]
fn statuses_have_their_classes() {
    let table = [
        (400, InvalidRequest),
        (401, Auth),
        (402, Auth),
        (403, Auth),
        (404, InvalidRequest),
        (408, Timeout),
        (413, InvalidRequest),
        (422, InvalidRequest),
        (429, RateLimit),
        (500, ServerError),
        (502, ServerError),
        (503, ServerError),
        (504, Timeout),
        (524, Timeout),
        (529, ServerError),
        (301, Unknown),
        (200, Unknown),
        (0, Unknown),
    ];
    for (status, expected) in table {
        assert_eq!(Failure::from_status(status).error_type(), expected, "{status}");
        // A body that says nothing leaves it at that.
        for body in
            ["", "upstream connect error", "{}", "null", "[]", r#"{"error":null}"#, r#"{"error":{"code":"new"}}"#]
        {
            let failure = Failure::from_response(status, &HeaderMap::new(), body.as_bytes());
            assert_eq!(failure.error_type(), expected, "{status} {body}");
            assert_eq!(failure.status(), Some(status));
        }
    }
}

/// Status, class, and the body, of which the class is told before the status.
fn documented() -> Vec<(u16, ErrorType, serde_json::Value)> {
    let openai = |kind: &str, code: serde_json::Value| json!({"error": {"message": "m", "type": kind, "param": null, "code": code}});
    let anthropic =
        |kind: &str| json!({"type": "error", "error": {"type": kind, "message": "m"}, "request_id": "req_1"});
    let gemini = |code: u16, status: &str| json!({"error": {"code": code, "message": "m", "status": status}});
    let reason = |reason: &str| json!({"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "googleapis.com"});
    vec![
        (401, Auth, openai("invalid_request_error", json!("invalid_api_key"))),
        (429, Auth, openai("insufficient_quota", json!("insufficient_quota"))),
        (429, RateLimit, openai("requests", json!("rate_limit_exceeded"))),
        (429, RateLimit, openai("tokens", json!("rate_limit_exceeded"))),
        (403, Auth, openai("request_forbidden", json!("unsupported_country_region_territory"))),
        (404, InvalidRequest, openai("invalid_request_error", json!("model_not_found"))),
        (400, InvalidRequest, openai("invalid_request_error", json!("context_length_exceeded"))),
        (400, InvalidRequest, openai("invalid_request_error", json!(null))),
        (500, ServerError, openai("server_error", json!(null))),
        (503, ServerError, openai("service_unavailable_error", json!("slow_down"))),
        (429, ServerError, openai("server_error", json!("engine_overloaded"))),
        (400, InvalidRequest, anthropic("invalid_request_error")),
        (401, Auth, anthropic("authentication_error")),
        (402, Auth, anthropic("billing_error")),
        (403, Auth, anthropic("permission_error")),
        (404, InvalidRequest, anthropic("not_found_error")),
        (413, InvalidRequest, anthropic("request_too_large")),
        (429, RateLimit, anthropic("rate_limit_error")),
        (500, ServerError, anthropic("api_error")),
        (504, Timeout, anthropic("timeout_error")),
        (529, ServerError, anthropic("overloaded_error")),
        (400, InvalidRequest, gemini(400, "INVALID_ARGUMENT")),
        (400, InvalidRequest, gemini(400, "FAILED_PRECONDITION")),
        (
            400,
            Auth,
            json!({"error": {"code": 400, "status": "INVALID_ARGUMENT", "details": [reason("API_KEY_INVALID")]}}),
        ),
        (401, Auth, gemini(401, "UNAUTHENTICATED")),
        (403, Auth, gemini(403, "PERMISSION_DENIED")),
        (404, InvalidRequest, gemini(404, "NOT_FOUND")),
        (429, RateLimit, gemini(429, "RESOURCE_EXHAUSTED")),
        (500, ServerError, gemini(500, "INTERNAL")),
        (503, ServerError, gemini(503, "UNAVAILABLE")),
        (504, Timeout, gemini(504, "DEADLINE_EXCEEDED")),
        (429, RateLimit, json!([gemini(429, "RESOURCE_EXHAUSTED")])),
    ]
}

#[test]
fn bodies_are_looked_at_before_the_status() {
    for (status, expected, body) in documented() {
        let text = body.to_string();
        let failure = Failure::from_response(status, &HeaderMap::new(), text.as_bytes());
        assert_eq!(failure.error_type(), expected, "{status} {text}");
        // The same body under another status, as within a stream, whose status was 200.
        let failure = Failure::from_body(&body).unwrap_or_else(|| panic!("an error is in {text}"));
        assert_eq!(failure.error_type(), expected, "{text}");
    }
}

#[test]
fn errors_in_events_of_streams_are_found() {
    let table = [
        (ServerError, json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}})),
        (RateLimit, json!({"type": "error", "code": "rate_limit_exceeded", "message": "m", "param": null})),
        (
            ServerError,
            json!({"type": "response.failed", "response": {"status": "failed", "error": {"code": "server_error", "message": "m"}}}),
        ),
        (ServerError, json!({"error": {"code": 503, "message": "The model is overloaded."}})),
        (Unknown, json!({"error": "something"})),
    ];
    for (expected, event) in table {
        assert_eq!(Failure::from_body(&event).map(|failure| failure.error_type()), Some(expected), "{event}");
    }
    let sound = [
        json!({"type": "ping"}),
        json!({"object": "response", "error": null, "status": "completed"}),
        json!({"type": "response.completed", "response": {"error": null}}),
        json!({"choices": []}),
        json!(null),
        json!(7),
    ];
    for event in sound {
        assert_eq!(Failure::from_body(&event), None, "{event}");
    }
}

const DAY: Duration = Failure::LONGEST_RETRY_AFTER;

#[test]
fn retry_after_is_read_in_all_its_forms() {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
    let date = |text| vec![("retry-after", text)];
    let table = [
        (vec![("retry-after", "20")], Some(Duration::from_secs(20))),
        (vec![("retry-after", " 1.5 ")], Some(Duration::from_millis(1500))),
        (vec![("retry-after", "0")], Some(Duration::ZERO)),
        (vec![("retry-after", "7s")], Some(Duration::from_secs(7))),
        (vec![("retry-after", "250ms")], Some(Duration::from_millis(250))),
        (vec![("retry-after-ms", "250")], Some(Duration::from_millis(250))),
        (vec![("retry-after-ms", "250"), ("retry-after", "1")], Some(Duration::from_millis(250))),
        (vec![("retry-after-ms", "soon"), ("retry-after", "1")], Some(Duration::from_secs(1))),
        (vec![("retry-after-ms", "0"), ("retry-after", "3")], Some(Duration::from_secs(3))),
        (vec![("retry-after-ms", "-5"), ("retry-after", "3")], Some(Duration::from_secs(3))),
        (vec![("retry-after-ms", "0"), ("retry-after", "0")], Some(Duration::ZERO)),
        (vec![("retry-after-ms", "0"), ("retry-after", "never")], Some(Duration::ZERO)),
        (vec![("retry-after-ms", "0")], Some(Duration::ZERO)),
        // No longer than a day, whatever is said.
        (vec![("retry-after", "86400")], Some(DAY)),
        (vec![("retry-after", "86401")], Some(DAY)),
        (vec![("retry-after", "10000000000000000000")], Some(DAY)),
        (vec![("retry-after-ms", "1e19")], Some(DAY)),
        (date("Fri, 31 Dec 9999 23:59:59 GMT"), Some(DAY)),
        (vec![("retry-after-ms", "NaN"), ("retry-after", "2")], Some(Duration::from_secs(2))),
        (date("Sun, 06 Nov 1994 08:49:47 GMT"), Some(Duration::from_secs(10))),
        (date("Sunday, 06-Nov-94 08:49:47 GMT"), Some(Duration::from_secs(10))),
        (date("Sun Nov  6 08:49:47 1994"), Some(Duration::from_secs(10))),
        (date("Sun, 06 Nov 1994 08:49:00 GMT"), Some(Duration::ZERO)),
        (vec![("retry-after", "-1")], None),
        (vec![("retry-after", "NaN")], None),
        (vec![("retry-after", "inf")], None),
        (vec![("retry-after", "1e300")], None),
        (vec![("retry-after", "")], None),
        (vec![("retry-after", "tomorrow")], None),
        (vec![], None),
    ];
    for (pairs, expected) in table {
        let headers: HeaderMap = pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).expect("it is a value")))
            .collect();
        assert_eq!(Failure::from_response_at(429, &headers, b"", now).retry_after(), expected, "{pairs:?}");
    }
    let binary = HeaderMap::from_iter([(
        HeaderName::from_static("retry-after"),
        HeaderValue::from_bytes(b"\xff").expect("bytes above 127 are a value"),
    )]);
    assert_eq!(Failure::from_response_at(429, &binary, b"", now).retry_after(), None);
}

#[test]
fn gemini_says_in_the_body_when_to_try_again() {
    let body = json!({"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "details": [
        {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": []},
        {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34.074824224s"},
    ]}})
    .to_string();
    let failure = Failure::from_response(429, &HeaderMap::new(), body.as_bytes());
    assert_eq!(failure.retry_after(), Some(Duration::from_nanos(34_074_824_224)));
    // A header is the answer's own.
    let headers = HeaderMap::from_iter([(HeaderName::from_static("retry-after"), HeaderValue::from_static("2"))]);
    assert_eq!(Failure::from_response(429, &headers, body.as_bytes()).retry_after(), Some(Duration::from_secs(2)));
    // A header that says nothing does not hide what the body says.
    let headers = HeaderMap::from_iter([(HeaderName::from_static("retry-after"), HeaderValue::from_static("0"))]);
    let delay = Failure::from_response(429, &headers, body.as_bytes()).retry_after();
    assert_eq!(delay, Some(Duration::from_nanos(34_074_824_224)));
    let endless = body.replace("34.074824224s", "315576000000s");
    assert_eq!(Failure::from_response(429, &HeaderMap::new(), endless.as_bytes()).retry_after(), Some(DAY));
    assert_eq!(Failure::timeout().with_retry_after(Some(Duration::MAX)).retry_after(), Some(DAY));
}

/// One refusal a line: `tests/it/cases/errors.jsonl`.
#[derive(serde::Deserialize)]
struct Refusal {
    name: String,
    status: u16,
    #[serde(default)]
    headers: Vec<(String, String)>,
    body: serde_json::Value,
    error_type: String,
}

#[test]
fn refusals_have_the_class_that_tells_most() {
    let cases: Vec<Refusal> = crate::cases::read(include_str!("cases/errors.jsonl"));
    assert!(cases.len() > 40);
    for case in cases {
        let header = |(name, value): &(String, String)| {
            let value = HeaderValue::from_str(value).expect("it is a value");
            (HeaderName::from_bytes(name.as_bytes()).expect("it is a name"), value)
        };
        let headers: HeaderMap = case.headers.iter().map(header).collect();
        let failure = Failure::from_response(case.status, &headers, case.body.to_string().as_bytes());
        assert_eq!(telemetry_core::Label::as_str(failure.error_type()), case.error_type, "{}", case.name);
    }
}

#[test]
fn a_refusal_that_is_no_json_tells_by_its_words_unless_it_is_a_page() {
    let table = [
        (400, "Incorrect API key provided", Auth),
        (400, "  Rate limit reached, try later\n", RateLimit),
        (422, "the request timed out", Timeout),
        (422, "the model is missing", InvalidRequest),
        (429, "Insufficient balance", Auth),
        (400, "<html><body>Rate limit reached</body></html>", InvalidRequest),
        (502, "Rate limit reached", ServerError),
        (400, "{\"error\": \"Rate limit reached", RateLimit),
    ];
    for (status, body, expected) in table {
        let failure = Failure::from_response(status, &HeaderMap::new(), body.as_bytes());
        assert_eq!(failure.error_type(), expected, "{status} {body}");
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the client failed")]
struct Wrapped(#[source] Box<dyn Error + Send + Sync>);

#[tokio::test(start_paused = true)]
async fn timeouts_are_found_anywhere_in_a_chain() {
    let elapsed = tokio::time::timeout(Duration::from_secs(1), std::future::pending::<()>()).await;
    let elapsed = elapsed.expect_err("nothing comes");
    assert_eq!(Failure::from_error(&elapsed).error_type(), Timeout);
    assert_eq!(Failure::from_error(&Wrapped(Box::new(Wrapped(Box::new(elapsed))))).error_type(), Timeout);
    let timed_out = io::Error::from(io::ErrorKind::TimedOut);
    assert_eq!(Failure::from_error(&Wrapped(Box::new(timed_out))).error_type(), Timeout);
}

#[test]
fn broken_connections_are_found_anywhere_in_a_chain() {
    use io::ErrorKind;
    for (kind, expected) in [
        (ErrorKind::ConnectionRefused, Connection),
        (ErrorKind::ConnectionReset, Connection),
        (ErrorKind::ConnectionAborted, Connection),
        (ErrorKind::BrokenPipe, Connection),
        (ErrorKind::UnexpectedEof, Connection),
        (ErrorKind::HostUnreachable, Connection),
        (ErrorKind::NetworkUnreachable, Connection),
        (ErrorKind::InvalidData, Unknown),
        (ErrorKind::PermissionDenied, Unknown),
    ] {
        let error = Wrapped(Box::new(Wrapped(Box::new(io::Error::from(kind)))));
        assert_eq!(Failure::from_error(&error).error_type(), expected, "{kind}");
    }
}

#[test]
fn a_failure_says_why_in_words_without_secrets_and_prompts() {
    let error = Wrapped(Box::new(io::Error::other("POST https://app:hunter2@llm.internal failed")));
    let failure = Failure::from_error(&error);
    assert_eq!(failure.message(), Some("the client failed: POST https://app:[redacted]@llm.internal failed"));
    for (status, body, message) in [
        (
            429,
            r#"{"error":{"code":"rate_limit_exceeded","message":"Ada asked"}}"#,
            Some("HTTP 429: rate_limit_exceeded"),
        ),
        (
            529,
            r#"{"type":"error","error":{"type":"overloaded_error","message":"x"}}"#,
            Some("HTTP 529: overloaded_error"),
        ),
        (400, r#"{"error":{"code":400,"status":"INVALID_ARGUMENT"}}"#, Some("HTTP 400: INVALID_ARGUMENT")),
        (400, r#"{"error":{"type":"Ada asked for a poem"}}"#, None),
        (500, "no JSON", None),
    ] {
        let failure = Failure::from_response(status, &HeaderMap::new(), body.as_bytes());
        assert_eq!(failure.message(), message, "{body}");
    }
}
