//! Retries and waits within one call.

use std::time::Duration;

use telemetry_llm::labels::ErrorType;
use telemetry_llm::{Failure, Usage};
use tokio::time::timeout;

use crate::fixture::{Fixture, MODEL, NAMES};

#[tokio::test(start_paused = true)]
async fn a_retry_is_an_attempt_and_no_second_request() {
    let fixture = Fixture::new();
    let mut call = fixture.llm.call("openai", MODEL).start();
    let limited = Failure::from_status(429).with_retry_after(Some(Duration::from_secs(3)));
    let delay = limited.retry_after().expect("it was given");
    call.attempt_failed(limited);
    call.wait_out(delay).await;
    call.attempt_failed(ErrorType::ServerError);
    call.succeed(Usage::new(1, 1));

    fixture.assert_one_request("success", &[ErrorType::RateLimit, ErrorType::ServerError]);
    let metrics = fixture.metrics();
    assert_eq!(metrics.histogram(NAMES.request, &[]).sum, 3.0, "the wait is part of the call");
    let delays = metrics.histogram(NAMES.rate_limit_delays, &[("provider", "openai")]);
    assert_eq!((delays.count, delays.sum), (1, 3.0));

    let span = fixture.call();
    span.assert_attribute("attempts", "3");
    assert!(!span.is_error(), "{span}");
    let events = span.events_named("llm attempt failed");
    assert_eq!(events.len(), 2, "{span}");
    assert_eq!(events[0].attributes["error_type"], "rate_limit");
    assert_eq!(events[0].attributes["retry_after_ms"], "3000");
    assert_eq!(events[0].attributes["attempt"], "1");
    assert_eq!(events[1].attributes["attempt"], "2");
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_is_cut_short_counts_as_long_as_it_was() {
    let fixture = Fixture::new();
    let call = fixture.llm.call("openai", MODEL).start();
    assert!(timeout(Duration::from_secs(1), call.wait_out(Duration::from_secs(60))).await.is_err());
    drop(call);
    fixture.assert_one_request("cancelled", &[]);
    assert_eq!(fixture.metrics().histogram(NAMES.rate_limit_delays, &[]).sum, 1.0);
}

#[test]
fn a_wait_without_a_call_counts_for_its_provider() {
    let fixture = Fixture::new();
    fixture.llm.rate_limit_waited("Gemini", Duration::from_millis(1500));
    assert_eq!(fixture.metrics().histogram(NAMES.rate_limit_delays, &[("provider", "gemini")]).sum, 1.5);
}
