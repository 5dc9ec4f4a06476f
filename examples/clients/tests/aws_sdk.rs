//! The errors of the AWS SDK, in the form in which every client of it has them, as failures.

use std::time::Duration;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};
use aws_smithy_types::body::SdkBody;
use http::{HeaderMap, HeaderName, HeaderValue};
use telemetry::llm::Failure;
use telemetry::llm::labels::ErrorType;

fn failure<E>(error: &SdkError<E, HttpResponse>) -> Failure {
    let Some(refused) = error.raw_response() else {
        return match error {
            SdkError::TimeoutError(_) => Failure::timeout(),
            SdkError::DispatchFailure(lost) if lost.is_timeout() => Failure::timeout(),
            SdkError::DispatchFailure(lost) if lost.is_io() => Failure::new(ErrorType::Connection),
            _ => Failure::new(ErrorType::Unknown),
        };
    };
    let pairs = refused.headers().iter();
    let pairs =
        pairs.filter_map(|(name, value)| Some((name.parse::<HeaderName>().ok()?, value.parse::<HeaderValue>().ok()?)));
    let headers: HeaderMap = pairs.collect();
    Failure::from_response(refused.status().as_u16(), &headers, refused.body().bytes().unwrap_or_default())
}

fn refused(status: u16, headers: &[(&'static str, &'static str)], body: &'static str) -> HttpResponse {
    let mut response = HttpResponse::new(status.try_into().expect("it is a status"), SdkBody::from(body));
    for (name, value) in headers {
        response.headers_mut().insert(*name, *value);
    }
    response
}

#[test]
fn what_was_refused_keeps_its_status_its_headers_and_its_body() {
    let throttled = [("x-amzn-errortype", "ThrottlingException:http://internal.amazon.com/"), ("retry-after", "3")];
    let body = r#"{"__type": "com.amazon.coral.service#ExpiredTokenException", "message": "canary"}"#;
    let table: [(SdkError<&str, HttpResponse>, _, _, _); 3] = [
        // By its header, whatever the status.
        (
            SdkError::service_error("refused", refused(400, &throttled, r#"{"message": "canary"}"#)),
            400,
            ErrorType::RateLimit,
            Some(Duration::from_secs(3)),
        ),
        // By its body.
        (SdkError::service_error("refused", refused(400, &[], body)), 400, ErrorType::Auth, None),
        // What the SDK could not read.
        (SdkError::response_error("no JSON", refused(503, &[], "<html>")), 503, ErrorType::ServerError, None),
    ];
    for (error, status, class, retry_after) in table {
        let failure = failure(&error);
        assert_eq!(failure.status(), Some(status), "{failure:?}");
        assert_eq!(failure.error_type(), class, "{failure:?}");
        assert_eq!(failure.retry_after(), retry_after, "{failure:?}");
        assert!(!failure.message().unwrap_or_default().contains("canary"), "{failure:?}");
    }
}

#[test]
fn what_was_not_answered_is_told_apart() {
    let table: [(SdkError<&str, HttpResponse>, _); 4] = [
        (SdkError::timeout_error("too late"), ErrorType::Timeout),
        (SdkError::dispatch_failure(ConnectorError::timeout("too late".into())), ErrorType::Timeout),
        (SdkError::dispatch_failure(ConnectorError::io("reset".into())), ErrorType::Connection),
        (SdkError::construction_failure("no region"), ErrorType::Unknown),
    ];
    for (error, class) in table {
        assert_eq!(failure(&error).error_type(), class, "{error:?}");
    }
}
