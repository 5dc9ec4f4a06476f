//! What calls and requests allocate, in a program of its own: nothing else may allocate meanwhile.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use allocation_counter::measure;
use http::{Request, Response, StatusCode};
use telemetry_http::{ExternalCall, HttpLayer, Route};
use telemetry_testkit::TestTelemetry;
use tower_layer::Layer as _;
use tower_service::Service;

/// Answers at once.
#[derive(Clone)]
struct Hello;

impl<B> Service<Request<B>> for Hello {
    type Response = Response<String>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        drop(request);
        ready(Ok(Response::new(String::new())))
    }
}

fn send<S: Service<Request<String>>>(service: &mut S) {
    let mut request = Request::new(String::new());
    request.headers_mut().insert("x-request-id", http::HeaderValue::from_static("7f3a"));
    let polled = pin!(service.call(request)).poll(&mut Context::from_waker(Waker::noop()));
    assert!(polled.is_ready());
}

#[test]
fn what_is_known_and_has_no_span_allocates_nothing_of_its_own() {
    let call = || ExternalCall::start("billing", "charge").answered(StatusCode::OK);
    call();
    assert_eq!(measure(|| (0..100).for_each(|_| call())).count_total, 0);

    let telemetry = TestTelemetry::new();
    let layer = HttpLayer::new(telemetry.meter()).routes(|_| Some(Route::from_static("/")));
    let (mut bare, mut measured) = (Hello, layer.layer(Hello));
    send(&mut measured);
    let of = |send: &mut dyn FnMut()| measure(|| (0..100).for_each(|_| send())).count_total;
    let (without, with) = (of(&mut || send(&mut bare)), of(&mut || send(&mut measured)));
    // The id among the extensions takes the map of these and a box, and the headers of the response are a map.
    assert!(with - without <= 600, "{} allocations a request", (with - without) as f64 / 100.0);
    assert_eq!(telemetry.metrics().total("agentpane_http_requests_total", &[("path", "/")]), 101.0);
}

#[test]
fn what_a_caller_makes_up_leaves_nothing_behind() {
    let telemetry = TestTelemetry::new();
    // As by an application that takes the path for the route.
    let layer = HttpLayer::new(telemetry.meter()).routes(|request| Some(Route::new(request.uri().path())));
    let mut service = layer.layer(Hello);
    let mut send = |path: &str, method: &str| {
        let mut request = Request::new(String::new());
        *request.uri_mut() = path.parse().expect("a path");
        *request.method_mut() = http::Method::from_bytes(method.as_bytes()).expect("a method");
        let polled = pin!(service.call(request)).poll(&mut Context::from_waker(Waker::noop()));
        assert!(polled.is_ready());
    };
    let junk = |number: usize| format!("/{number:08}{}", "p".repeat(60_000));
    let mut kept = |numbers: std::ops::Range<usize>| {
        measure(|| numbers.for_each(|number| send(&junk(number), &"M".repeat(60_000)))).bytes_current
    };
    // The instruments, once.
    kept(0..10);
    assert_eq!(kept(10..300), 0);
    telemetry.metrics().assert_total(
        "agentpane_http_requests_total",
        &[("path", "_other"), ("method", "_OTHER")],
        300.0,
    );
}
