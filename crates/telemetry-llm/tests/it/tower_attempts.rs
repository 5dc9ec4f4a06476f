//! What lies between the attempts of one call, and beside them: waits, layers, attempts that outrun each other.

use std::future::{Ready, pending};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt as _, select};
use http::{Request, Response};
use http_body_util::Full;
use telemetry_core::propagation::{PropagatorSet, StrictPropagator};
use telemetry_llm::labels::ErrorType;
use telemetry_llm::{LlmLayer, OneCallLayer};
use tower::limit::ConcurrencyLimitLayer;
use tower::retry::{Policy, RetryLayer};
use tower::timeout::TimeoutLayer;
use tower::{Layer as _, Service, ServiceBuilder, ServiceExt as _, service_fn};

use crate::fixture::{Fixture, MODEL, NAMES};
use crate::tower_stand_in::{ANSWER, Again, Line, StandIn, client, read};

/// What a client without a network does with a request.
#[derive(Clone, Copy)]
enum Does {
    Says(u16),
    SaysAfter(u16, Duration),
    Hangs,
}

type Asks = Request<Full<Bytes>>;
type Says = Response<Full<Bytes>>;

/// A client of such.
trait Client:
    Service<Asks, Response = Says, Error = std::io::Error, Future: Send + 'static> + Clone + Send + 'static
{
}

impl<S> Client for S where
    S: Service<Asks, Response = Says, Error = std::io::Error, Future: Send + 'static> + Clone + Send + 'static
{
}

/// A client that does these one after the other.
fn script(lines: &'static [Does]) -> impl Client {
    let asked = Arc::new(AtomicUsize::new(0));
    service_fn(move |_: Asks| {
        let line = lines[asked.fetch_add(1, Ordering::Relaxed)];
        async move {
            let status = match line {
                Does::Says(status) => status,
                Does::SaysAfter(status, time) => {
                    tokio::time::sleep(time).await;
                    status
                }
                Does::Hangs => pending().await,
            };
            let body = if status == 200 { ANSWER } else { "{}" };
            Ok::<Says, std::io::Error>(
                Response::builder().status(status).body(Full::from(body)).expect("the parts are sound"),
            )
        }
    })
}

fn asks() -> Asks {
    let asks = Full::from(format!(r#"{{"model": "{MODEL}"}}"#));
    Request::post("https://api.openai.com/v1/chat/completions").body(asks).expect("the parts are sound")
}

/// Waits that long, and tries once more.
#[derive(Clone)]
struct After(Duration, Again);

impl<B, E> Policy<Asks, Response<B>, E> for After {
    type Future = BoxFuture<'static, ()>;

    fn retry(&mut self, request: &mut Asks, result: &mut Result<Response<B>, E>) -> Option<Self::Future> {
        let again: Option<Ready<()>> = self.1.retry(request, result);
        again.map(|_| tokio::time::sleep(self.0).boxed())
    }

    fn clone_request(&mut self, request: &Asks) -> Option<Asks> {
        Some(request.clone())
    }
}

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn a_pause_after_a_rate_limit_is_a_wait_because_of_it_and_any_other_is_none() {
    type Case = (&'static [Does], Duration, &'static str, &'static [ErrorType], Option<f64>);
    let cases: [Case; 5] = [
        (&[Does::Says(429), Does::Says(200)], 20 * SECOND, "success", &[ErrorType::RateLimit], Some(20.0)),
        (&[Does::Says(503), Does::Says(200)], 20 * SECOND, "success", &[ErrorType::ServerError], None),
        // Nobody waits after the last one.
        (&[Does::Says(429), Does::Says(429)], SECOND, "rate_limited", &[ErrorType::RateLimit; 2], Some(1.0)),
        // Cut short amid the pause, and amid the attempt after it.
        (&[Does::Says(429)], 600 * SECOND, "cancelled", &[ErrorType::RateLimit], Some(60.0)),
        (&[Does::Says(429), Does::Hangs], 5 * SECOND, "cancelled", &[ErrorType::RateLimit], Some(5.0)),
    ];
    for (lines, pause, outcome, errors, waited) in cases {
        let fixture = Fixture::new();
        let service = ServiceBuilder::new()
            .layer(OneCallLayer::new())
            .layer(RetryLayer::new(After(pause, Again(1))))
            .layer(LlmLayer::new(&fixture.llm))
            .service(script(lines));
        if let Ok(response) = tokio::time::timeout(60 * SECOND, service.oneshot(asks())).await {
            read(response.expect("it answers")).await;
        }
        fixture.assert_one_request(outcome, errors);
        let metrics = fixture.metrics();
        match waited {
            None => fixture.assert_no_series(NAMES.rate_limit_delays, &[]),
            Some(seconds) => {
                let waits = metrics.histogram(NAMES.rate_limit_delays, &[("provider", "openai")]);
                assert_eq!((waits.count, waits.sum), (1, seconds));
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_is_given_up_for_its_time_is_one_that_timed_out() {
    type Case = (&'static [Does], &'static str, &'static [ErrorType]);
    let cases: [Case; 2] = [
        (&[Does::Hangs, Does::Says(200)], "success", &[ErrorType::Timeout]),
        (&[Does::Hangs, Does::Hangs], "timeout", &[ErrorType::Timeout; 2]),
    ];
    for (lines, outcome, errors) in cases {
        let fixture = Fixture::new();
        let service = ServiceBuilder::new()
            .layer(OneCallLayer::new())
            .layer(RetryLayer::new(Again(1)))
            .layer(TimeoutLayer::new(SECOND))
            .layer(LlmLayer::new(&fixture.llm))
            .service(script(lines));
        let result = service.oneshot(asks()).await;
        assert_eq!(result.is_ok(), outcome == "success");
        if let Ok(response) = result {
            read(response).await;
        }
        fixture.assert_one_request(outcome, errors);
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_nobody_waits_for_any_more_is_cancelled() {
    // Amid the first attempt, amid another, and between two of them.
    type Case = (&'static [Does], Duration, &'static [ErrorType]);
    let cases: [Case; 3] = [
        (&[Does::Hangs], Duration::ZERO, &[]),
        (&[Does::Says(500), Does::Hangs], Duration::ZERO, &[ErrorType::ServerError]),
        (&[Does::Says(500)], 600 * SECOND, &[ErrorType::ServerError]),
    ];
    for (lines, pause, errors) in cases {
        let fixture = Fixture::new();
        let service = ServiceBuilder::new()
            .layer(OneCallLayer::new())
            .layer(RetryLayer::new(After(pause, Again(1))))
            .layer(LlmLayer::new(&fixture.llm))
            .service(script(lines));
        let call = tokio::time::timeout(60 * SECOND, service.oneshot(asks()));
        assert!(call.await.is_err(), "it never ends");
        fixture.assert_one_request("cancelled", errors);
    }
}

#[tokio::test(start_paused = true)]
async fn a_time_limit_ends_the_call_within_one_call_and_cancels_it_around_it() {
    let lines: &'static [Does] = &[Does::Says(503), Does::Hangs];
    for (is_within, outcome, errors) in [
        (true, "timeout", &[ErrorType::ServerError, ErrorType::Timeout][..]),
        (false, "cancelled", &[ErrorType::ServerError]),
    ] {
        let fixture = Fixture::new();
        let limit = TimeoutLayer::new(30 * SECOND);
        let inner = ServiceBuilder::new()
            .layer(RetryLayer::new(Again(1)))
            .layer(LlmLayer::new(&fixture.llm))
            .service(script(lines));
        let one_call = ServiceBuilder::new().layer(OneCallLayer::new());
        let answer = if is_within {
            one_call.layer(limit).service(inner).oneshot(asks()).boxed()
        } else {
            limit.layer(one_call.service(inner)).oneshot(asks()).boxed()
        };
        let error = answer.await.expect_err("it takes too long");
        assert!(error.is::<tower::timeout::error::Elapsed>());
        fixture.assert_one_request(outcome, errors);
    }
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_another_one_outruns_is_cancelled_and_no_failure_of_the_provider() {
    let cases: [&'static [Does]; 2] = [&[Does::Hangs, Does::Says(200)], &[Does::SaysAfter(200, SECOND), Does::Hangs]];
    for lines in cases {
        let fixture = Fixture::new();
        let inner = ServiceBuilder::new().layer(LlmLayer::new(&fixture.llm)).service(script(lines));
        let race = service_fn(move |request: Asks| {
            let [first, second] = [(); 2].map(|()| inner.clone().oneshot(request.clone()).boxed());
            select(first, second).map(|won| won.factor_first().0)
        });
        let service = ServiceBuilder::new().layer(OneCallLayer::new()).service(race);
        read(service.oneshot(asks()).await.expect("it answers")).await;
        let metrics = fixture.metrics();
        for outcome in ["success", "cancelled"] {
            metrics.assert_histogram_count(NAMES.request, &[("outcome", outcome)], 1);
        }
        metrics.assert_total(NAMES.request, &[], 2.0);
        metrics.assert_total(NAMES.errors, &[], 0.0);
    }
}

#[tokio::test]
async fn each_attempt_hands_on_the_trace_of_its_one_call() {
    // It is the process's, and no other test here asks what a call hands on.
    opentelemetry::global::set_text_map_propagator(StrictPropagator::new(PropagatorSet::default()));
    let fixture = Fixture::new();
    let stand_in = StandIn::start(vec![Line::status(429), Line::answer()]).await;
    let service = ServiceBuilder::new()
        .layer(OneCallLayer::new())
        .layer(RetryLayer::new(Again(1)))
        .layer(stand_in.layer(&fixture))
        .service(client());
    read(service.oneshot(stand_in.request()).await.expect("it answers")).await;
    let call = fixture.call();
    let wanted = format!("00-{}-{}-", call.trace_id, call.span_id);
    let heads = stand_in.heads();
    assert_eq!(heads.len(), 2);
    for head in heads {
        let told = head.headers.get("traceparent").and_then(|told| told.to_str().ok());
        assert!(told.is_some_and(|told| told.starts_with(&wanted)), "{told:?} is not {wanted}");
    }
}

#[tokio::test]
async fn what_tries_again_below_the_layer_is_one_call_whose_attempts_nobody_sees() {
    let fixture = Fixture::new();
    let service = ServiceBuilder::new()
        .layer(LlmLayer::new(&fixture.llm))
        .layer(RetryLayer::new(Again(3)))
        .service(script(&[Does::Says(429), Does::Says(529), Does::Says(200)]));
    read(service.oneshot(asks()).await.expect("it answers")).await;
    fixture.assert_one_request("success", &[]);
    assert_eq!(fixture.total(NAMES.tokens, &[("model", MODEL)]), 17.0);
}

#[tokio::test]
async fn a_limit_of_concurrency_holds_on_either_side_of_the_layers_and_between_attempts() {
    for is_below in [true, false] {
        let fixture = Fixture::new();
        let script = (0..4).flat_map(|_| [Line::status(503), Line::answer()]).collect();
        let stand_in = StandIn::start(script).await;
        // Its service panics if it is called without having been asked whether it is ready.
        let limit = || ConcurrencyLimitLayer::new(1);
        let service = ServiceBuilder::new()
            .option_layer((!is_below).then(limit))
            .layer(OneCallLayer::new())
            .layer(RetryLayer::new(Again(8)))
            .layer(stand_in.layer(&fixture))
            .option_layer(is_below.then(limit))
            .service(client());
        let calls = (0..4).map(|_| {
            let answer = service.clone().oneshot(stand_in.request());
            async { read(answer.await.expect("it answers")).await }
        });
        futures_util::future::join_all(calls).await;
        assert_eq!(stand_in.asked(), 8);
        let metrics = fixture.metrics();
        metrics.assert_histogram_count(NAMES.request, &[("outcome", "success")], 4);
        metrics.assert_total(NAMES.request, &[], 4.0);
        metrics.assert_counter(NAMES.errors, &[("error_type", "server_error")], 4.0);
        assert_eq!(metrics.total(NAMES.tokens, &[]), 68.0);
    }
}
