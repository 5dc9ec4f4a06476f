//! Whoever tries again within a tower client makes attempts of one call.

use http::{Request, Response, StatusCode};
use serde_json::json;
use telemetry_llm::OneCallLayer;
use telemetry_llm::labels::ErrorType;
use tower::retry::RetryLayer;
use tower::{Service, ServiceBuilder, ServiceExt as _, service_fn};

use crate::fixture::{Fixture, MODEL, NAMES};
use crate::tower_stand_in::{Again, Line, StandIn, client, read};

#[tokio::test]
async fn retries_are_attempts_of_one_call_with_its_tokens_and_its_cost() {
    let fixture = Fixture::new();
    let stand_in = StandIn::start(vec![Line::status(429), Line::status(529), Line::answer()]).await;
    let service = ServiceBuilder::new()
        .layer(OneCallLayer::new())
        .layer(RetryLayer::new(Again(5)))
        .layer(stand_in.layer(&fixture))
        .service(client());
    let response = service.oneshot(stand_in.request()).await.expect("it answers");
    assert_eq!(response.status(), StatusCode::OK);
    assert!(String::from_utf8_lossy(&read(response).await).contains("canary-completion"));

    assert_eq!(stand_in.asked(), 3);
    fixture.assert_one_request("success", &[ErrorType::RateLimit, ErrorType::ServerError]);
    let metrics = fixture.metrics();
    let model = [("provider", "openai"), ("model", MODEL)];
    assert_eq!(metrics.total(NAMES.tokens, &model), 17.0);
    assert!((metrics.counter(NAMES.cost, &model) - 22e-6).abs() < 1e-12);
    let span = fixture.call();
    span.assert_attribute("attempts", "3");
    span.assert_attribute("prompt_length", "1");
    assert_eq!(span.events_named("llm attempt failed").len(), 2, "{span}");
    fixture.assert_nowhere("canary");
}

#[tokio::test]
async fn a_call_whose_last_attempt_fails_ends_as_that_does_read_or_not() {
    let quota = json!({"error": {"type": "insufficient_quota", "code": "insufficient_quota"}}).to_string();
    for (read_it, last) in [(true, ErrorType::Auth), (false, ErrorType::RateLimit)] {
        let fixture = Fixture::new();
        let stand_in = StandIn::start(vec![Line::status(500), Line::Says(429, quota.clone())]).await;
        let service = ServiceBuilder::new()
            .layer(OneCallLayer::new())
            .layer(RetryLayer::new(Again(1)))
            .layer(stand_in.layer(&fixture))
            .service(client());
        let response = service.oneshot(stand_in.request()).await.expect("it answers");
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        fixture.assert_no_series(NAMES.request, &[]);
        if read_it {
            assert_eq!(read(response).await, quota.as_bytes());
        } else {
            drop(response);
        }
        let outcome = if read_it { "error" } else { "rate_limited" };
        fixture.assert_one_request(outcome, &[ErrorType::ServerError, last]);
        fixture.call().assert_attribute("attempts", "2");
    }
}

/// Tries again as clients of providers do that read why they were refused, and keep the response for the case that it
/// was the last.
async fn read_and_keep<S, R>(service: S, request: Request<R>) -> Result<StatusCode, String>
where
    S: Service<Request<R>, Response = Response<telemetry_llm::LlmBody<hyper::body::Incoming>>> + Clone,
    R: Clone,
{
    let mut kept = Vec::new();
    loop {
        let Ok(response) = service.clone().oneshot(request.clone()).await else { return Err("no way".to_owned()) };
        match response.status().as_u16() {
            200 => {
                read(response).await;
                return Ok(StatusCode::OK);
            }
            429 => drop(read(response).await),
            400..500 => return Err(String::from_utf8_lossy(&read(response).await).into_owned()),
            _ => kept.push(response),
        }
    }
}

#[tokio::test]
async fn what_was_read_of_a_refusal_classes_it_and_what_is_kept_of_one_does_no_harm() {
    let billing = json!({"error": {"type": "insufficient_quota", "code": "insufficient_quota"}}).to_string();
    let table = [
        (Line::answer(), "success", vec![ErrorType::Auth, ErrorType::ServerError]),
        (Line::status(404), "error", vec![ErrorType::Auth, ErrorType::ServerError, ErrorType::InvalidRequest]),
    ];
    for (last, outcome, errors) in table {
        let fixture = Fixture::new();
        let stand_in = StandIn::start(vec![Line::Says(429, billing.clone()), Line::status(503), last]).await;
        let service = ServiceBuilder::new().layer(stand_in.layer(&fixture)).service(client());
        let again = service_fn(move |request| read_and_keep(service.clone(), request));
        let result = ServiceBuilder::new().layer(OneCallLayer::new()).service(again).oneshot(stand_in.request()).await;
        assert_eq!(result.is_ok(), outcome == "success");
        fixture.assert_one_request(outcome, &errors);
        fixture.call().assert_attribute("attempts", "3");
    }
}

#[tokio::test]
async fn another_model_is_another_call() {
    let fixture = Fixture::new();
    let stand_in = StandIn::start(vec![Line::status(503), Line::answer()]).await;
    let inner = ServiceBuilder::new().layer(stand_in.layer(&fixture)).service(client());
    let requests = [stand_in.request_of("house-9"), stand_in.request()];
    let fall_back = service_fn(move |()| {
        let (inner, requests) = (inner.clone(), requests.clone());
        async move {
            for request in requests {
                read(inner.clone().oneshot(request).await.expect("it answers")).await;
            }
            Ok::<(), String>(())
        }
    });
    ServiceBuilder::new().layer(OneCallLayer::new()).service(fall_back).oneshot(()).await.expect("it answers");
    let metrics = fixture.metrics();
    for (model, outcome) in [("house-9", "error"), (MODEL, "success")] {
        metrics.assert_histogram_count(NAMES.request, &[("model", model), ("outcome", outcome)], 1);
    }
    metrics.assert_total(NAMES.request, &[], 2.0);
    assert_eq!(metrics.total(NAMES.errors, &[]), 1.0);
}

#[tokio::test]
async fn a_layer_below_what_tries_again_makes_a_call_of_each_attempt_by_itself() {
    let fixture = Fixture::new();
    let stand_in = StandIn::start(vec![Line::status(429), Line::answer()]).await;
    let service =
        ServiceBuilder::new().layer(RetryLayer::new(Again(1))).layer(stand_in.layer(&fixture)).service(client());
    read(service.oneshot(stand_in.request()).await.expect("it answers")).await;
    let metrics = fixture.metrics();
    for outcome in ["rate_limited", "success"] {
        metrics.assert_histogram_count(NAMES.request, &[("outcome", outcome)], 1);
    }
}
