//! Calls of other services, by a tower client and by hand.

use std::future::{Future, pending, poll_fn, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use http::{HeaderMap, Request, Response, StatusCode};
use telemetry_core::propagation::PropagatorSet;
use telemetry_core::trace::Sampling;
use telemetry_http::{ExternalCall, ExternalLayer, ExternalOperation};
use tower_layer::Layer as _;
use tower_service::Service;

use crate::fixture::Fixture;

/// A client that remembers what it was to send.
#[derive(Clone)]
struct Client {
    sent: Arc<Mutex<HeaderMap>>,
    answer: Answer,
}

#[derive(Clone, Copy)]
enum Answer {
    Status(u16),
    Fails,
    Never,
    Panics,
}

impl Service<Request<()>> for Client {
    type Response = Response<()>;
    type Error = std::io::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<()>, std::io::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<()>) -> Self::Future {
        *self.sent.lock().expect("no test panics in here") = request.headers().clone();
        match self.answer {
            Answer::Status(status) => {
                let response = Response::builder().status(status).body(());
                Box::pin(ready(Ok(response.expect("it is a status"))))
            }
            Answer::Fails => Box::pin(ready(Err(std::io::Error::other("refused")))),
            Answer::Never => Box::pin(pending()),
            Answer::Panics => Box::pin(poll_fn(|_| panic!("the client panics"))),
        }
    }
}

impl Client {
    fn new(answer: Answer) -> Self {
        Self { sent: Arc::default(), answer }
    }

    fn sent(&self, name: &str) -> Vec<String> {
        let sent = self.sent.lock().expect("no test panics in here");
        sent.get_all(name).iter().map(|value| value.to_str().expect("it is text").to_owned()).collect()
    }

    async fn send(&self, request: Request<()>) -> Result<Response<()>, std::io::Error> {
        ExternalLayer::new("github").propagators(PropagatorSet::ALL).layer(self.clone()).call(request).await
    }
}

fn request() -> Request<()> {
    let request = Request::post("https://user:hidden@api.github.example/repos?token=hidden");
    request.extension(ExternalOperation::from_static("create_issue")).body(()).expect("it is sound")
}

#[tokio::test]
async fn a_call_is_a_span_and_carries_it() {
    let fixture = Fixture::new();
    let client = Client::new(Answer::Status(201));
    let outer = tracing::info_span!("outer");
    let sent = tracing::Instrument::instrument(client.send(request()), outer.clone()).await;
    assert_eq!(sent.expect("it is answered").status(), StatusCode::CREATED);
    drop(outer);

    let span = fixture.span("external.github.create_issue");
    assert_eq!(span.kind, opentelemetry::trace::SpanKind::Client);
    for (key, value) in [
        ("peer.service", "github"),
        ("external.operation", "create_issue"),
        ("http.request.method", "POST"),
        ("http.response.status_code", "201"),
        ("server.address", "api.github.example"),
        ("server.port", "443"),
        ("url.full", "https://api.github.example/repos"),
        ("outcome", "success"),
    ] {
        span.assert_attribute(key, value);
    }
    assert!(!span.is_error());
    assert_eq!(client.sent("traceparent"), [format!("00-{}-{}-03", span.trace_id, span.span_id)]);
    let outer = fixture.span("outer");
    assert_eq!(span.parent_span_id.as_deref(), Some(outer.span_id.as_str()));
    fixture.assert_nowhere("hidden");
}

#[tokio::test]
async fn headers_of_another_trace_are_replaced() {
    let fixture = Fixture::new();
    let client = Client::new(Answer::Status(200));
    let mut request = request();
    for _ in 0..2 {
        request.headers_mut().append("traceparent", "stale".parse().expect("it is text"));
        request.headers_mut().append("tracestate", "stale=1".parse().expect("it is text"));
    }
    client.send(request).await.expect("it is answered");
    assert_eq!(client.sent("traceparent").len(), 1);
    assert!(client.sent("traceparent")[0].contains(&fixture.span("external.github.create_issue").trace_id));
    assert!(client.sent("tracestate").is_empty());
}

#[tokio::test]
async fn without_an_operation_the_method_names_the_span() {
    let fixture = Fixture::new();
    let client = Client::new(Answer::Status(200));
    client.send(Request::get("http://127.0.0.1:81/").body(()).expect("it is sound")).await.expect("it is answered");
    fixture.span("external.github.GET").assert_attribute("server.port", "81");
}

#[tokio::test]
async fn how_a_call_ends_is_told() {
    for (answer, outcome, error) in [
        (Answer::Status(204), "success", None),
        (Answer::Status(304), "success", None),
        (Answer::Status(404), "error", Some("404")),
        (Answer::Status(503), "error", Some("503")),
        (Answer::Fails, "error", Some("transport")),
    ] {
        let fixture = Fixture::new();
        let result = Client::new(answer).send(request()).await;
        assert_eq!(result.is_err(), matches!(answer, Answer::Fails));
        let span = fixture.span("external.github.create_issue");
        span.assert_attribute("outcome", outcome);
        assert_eq!(span.attribute("error.type"), error);
        assert_eq!(span.is_error(), error.is_some());
        let (logged, severity) =
            if error.is_some() { ("external call failed", "WARN") } else { ("external call ended", "DEBUG") };
        let line = fixture.log(logged);
        assert_eq!((line.severity.as_str(), line.span_id.as_deref()), (severity, Some(span.span_id.as_str())));
    }
}

#[tokio::test]
async fn a_dropped_call_is_cancelled_and_no_error() {
    let fixture = Fixture::new();
    let client = Client::new(Answer::Never);
    let mut sent = Box::pin(client.send(request()));
    assert!(poll_fn(|cx| Poll::Ready(sent.as_mut().poll(cx).is_pending())).await);
    drop(sent);
    let span = fixture.span("external.github.create_issue");
    span.assert_attribute("outcome", "cancelled");
    assert!(!span.is_error());
}

#[tokio::test]
async fn what_is_not_sampled_is_carried_all_the_same() {
    let fixture = Fixture::sampling(Sampling::AlwaysOff);
    let client = Client::new(Answer::Status(500));
    client.send(request()).await.expect("it is answered");
    assert!(fixture.spans().is_empty());
    let sent = client.sent("traceparent");
    assert!(sent.len() == 1 && sent[0].ends_with("-02"), "{sent:?}");
    fixture.log("external call failed").assert_attribute("error_type", "500");
}

#[tokio::test]
async fn a_call_by_hand_is_the_same() {
    let fixture = Fixture::new();
    let call = ExternalCall::start("billing", "charge");
    let inner = call.instrument(async { telemetry_core::propagation::current() }).await;
    call.fail("connection");
    let span = fixture.span("external.billing.charge");
    assert_eq!(opentelemetry::trace::TraceContextExt::span(&inner).span_context().span_id().to_string(), span.span_id);
    span.assert_attribute("error.type", "connection");

    ExternalCall::start("billing", "refund").answered(StatusCode::OK);
    fixture.span("external.billing.refund").assert_attribute("outcome", "success");
    drop(ExternalCall::start("billing", "forget"));
    fixture.span("external.billing.forget").assert_attribute("outcome", "cancelled");
}

#[tokio::test]
async fn every_end_has_its_words() {
    let panics = |call: ExternalCall| {
        let unwound = catch_unwind(AssertUnwindSafe(|| call.in_scope(|| panic!("on purpose"))));
        assert!(unwound.is_err());
        // The guard outlived the panic: nobody knows of it any more.
        drop(call);
    };
    let unwinds = |call: ExternalCall| {
        let unwound = catch_unwind(AssertUnwindSafe(move || {
            let _call = call;
            panic!("on purpose");
        }));
        assert!(unwound.is_err());
    };
    type Case = (&'static str, fn(ExternalCall), &'static str, Option<&'static str>, &'static str);
    let cases: [Case; 9] = [
        ("succeed", ExternalCall::succeed, "success", None, "DEBUG"),
        ("answered", |call| call.answered(StatusCode::FOUND), "success", None, "DEBUG"),
        ("refused", |call| call.answered(StatusCode::FORBIDDEN), "error", Some("403"), "WARN"),
        ("fail", |call| call.fail("connection"), "error", Some("connection"), "WARN"),
        ("timeout", ExternalCall::timeout, "timeout", Some("timeout"), "WARN"),
        ("cancel", ExternalCall::cancel, "cancelled", None, "DEBUG"),
        ("drop", drop, "cancelled", None, "DEBUG"),
        ("caught", panics, "cancelled", None, "DEBUG"),
        ("panic", unwinds, "cancelled", Some("panic"), "ERROR"),
    ];
    for (name, end, outcome, error_type, severity) in cases {
        let fixture = Fixture::new();
        end(ExternalCall::start("billing", "charge"));
        let span = fixture.span("external.billing.charge");
        span.assert_attribute("outcome", outcome);
        assert_eq!(span.attribute("error.type"), error_type, "{name}");
        assert_eq!(span.is_error(), error_type.is_some(), "{name}");
        let log = fixture.log("external call");
        assert_eq!(log.severity, severity, "{name}");
        for (key, value) in [("service", "billing"), ("operation", "charge"), ("outcome", outcome)] {
            log.assert_attribute(key, value);
        }
        assert!(log.attribute("duration_ms").is_some_and(|took| took.parse::<i64>().is_ok()), "{log:?}");
    }
}

#[tokio::test]
async fn a_client_that_panics_is_no_failure_of_the_service() {
    let fixture = Fixture::new();
    let client = Client::new(Answer::Panics);
    let mut sent = Box::pin(client.send(request()));
    let polled = catch_unwind(AssertUnwindSafe(|| {
        let _ = sent.as_mut().poll(&mut Context::from_waker(std::task::Waker::noop()));
    }));
    assert!(polled.is_err());
    // It was caught before its future is dropped.
    drop(sent);
    let span = fixture.span("external.github.create_issue");
    span.assert_attribute("outcome", "cancelled");
    span.assert_attribute("error.type", "panic");
    assert!(span.is_error(), "{span}");
    assert!(!fixture.contains_bytes("the client panics"));
}

#[tokio::test]
async fn a_call_goes_into_a_task_under_names_made_at_run_time() {
    fn owned<T: Send + 'static>(value: T) -> T {
        value
    }
    let fixture = Fixture::new();
    let (service, operation) = (format!("bill{}", "ing"), String::from("charge"));
    let uri = http::Uri::from_static("https://user:hidden@billing.example/charges?token=hidden");
    let call = owned(ExternalCall::to(service, operation).request(&http::Method::POST, &uri).start());
    tokio::spawn(async move { call.succeed() }).await.expect("it does not panic");
    let span = fixture.span("external.billing.charge");
    for (key, value) in [
        ("http.request.method", "POST"),
        ("server.address", "billing.example"),
        ("server.port", "443"),
        ("url.full", "https://billing.example/charges"),
    ] {
        span.assert_attribute(key, value);
    }
    assert!(!fixture.contains_bytes("hidden"), "{}", fixture.dump());
}
