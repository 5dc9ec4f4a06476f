//! One request and its response: what is recorded when it ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use http_body::Body;
use telemetry_core::propagation::TraceContext;
use telemetry_core::text::{MESSAGE, cut};
use telemetry_core::{Dropped, EntityId, Lease, Operation, clock, end_event};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use super::deadline::Deadline;
use super::ending::Ending;
use super::grpc::{GrpcAnswer, GrpcCode};
use super::inner::Inner;
use super::span;
use crate::method;
use crate::metrics::{RequestMetricsKey, RouteMetrics, RouteMetricsKey};
use crate::propagation::TRACEPARENT;
use crate::request_id::{self, RequestId};
use crate::route::{RequestHead, Route};
use crate::semconv::ServerMetricsKey;

/// The label `status` of requests whose client left before there was a response. No status code that anyone sends: that
/// of nginx for the same.
pub const CLIENT_GONE: &str = "499";

/// One request and its response, from the head of the one to the end of the other. Dropped, it ends as one that its client
/// left, or that panicked.
pub(super) struct Exchange {
    inner: Lease<Inner>,
    metrics: EntityId<RouteMetrics>,
    method: &'static str,
    scheme: &'static str,
    route: Route,
    id: RequestId,
    operation: Operation,
    /// The bytes of the request's body, if it has one.
    received: Option<Arc<AtomicU64>>,
    answered: Option<Answered>,
    deadline: Option<Deadline>,
    /// The bytes of the response's body.
    sent: u64,
}

/// The head of the response is there.
struct Answered {
    status: StatusCode,
    /// Whether the status is counted already.
    counted: bool,
    grpc: Option<GrpcAnswer>,
    /// Whether the duration is measured already, because the body lasts as long as the client likes.
    measured: bool,
}

impl Exchange {
    /// Starts to measure a request, and leaves its id with it.
    pub(super) fn start<B: Body>(inner: Lease<Inner>, request: &mut Request<B>) -> Self {
        let started = clock::now();
        let route = inner.routes.of(RequestHead::of(request));
        let method = method::known(request.method());
        let received_id = RequestId::received(request.headers());
        let id_is_new = received_id.is_none();
        let id = received_id.unwrap_or_else(RequestId::random);
        let scheme = span::scheme(request.uri(), inner.scheme);
        let span = {
            // The caller's span is the parent, and no other: what is active here has nothing to do with the request.
            let _parent = inner.propagation.extract(request.headers()).attach();
            span::start(RequestHead::of(request), &id, method, &route, scheme)
        };
        if id_is_new {
            // Nobody further in sees an id that was not kept.
            request.headers_mut().insert(request_id::HEADER, id.value().clone());
        }
        request.extensions_mut().insert(id.clone());
        let received = (!request.body().is_end_stream()).then(Arc::default);
        let metrics = inner.by_route.find(RouteMetricsKey { method, path: route.as_str() });
        let operation = Operation::over(started, span);
        let deadline = request.extensions().get::<Deadline>().cloned();
        let exchange =
            Self { inner, metrics, method, scheme, route, id, operation, received, answered: None, deadline, sent: 0 };
        if let Some(deadline) = &exchange.deadline {
            deadline.keep(|| exchange.headers().into_iter().flatten().collect());
        }
        exchange
    }

    /// Where the bytes of the request's body are counted, if it has one.
    pub(super) fn received(&self) -> Option<Arc<AtomicU64>> {
        self.received.clone()
    }

    /// Runs code of the application within the span. If it panics, so does the request.
    pub(super) fn run<T>(&mut self, code: impl FnOnce() -> T) -> T {
        self.operation.run(code)
    }

    /// Notes the head of the response, and adds the headers that the caller finds the request by.
    pub(super) fn answer<B>(&mut self, response: &mut Response<B>) {
        let status = response.status();
        let grpc = GrpcAnswer::of(response);
        if grpc.is_none() {
            self.count(status.as_str());
        }
        let open_ended = is_open_ended(response);
        self.answered = Some(Answered { status, counted: grpc.is_none(), grpc, measured: open_ended });
        if open_ended {
            self.measure(self.operation.elapsed(), Some(status), None);
        }
        let headers = response.headers_mut();
        for (name, value) in self.headers().into_iter().flatten() {
            headers.insert(name, value);
        }
    }

    /// The headers that the caller finds the request by.
    fn headers(&self) -> [Option<(HeaderName, HeaderValue)>; 2] {
        let traceparent = || {
            let parent = TraceContext::from_context(&self.operation.context())?;
            HeaderValue::from_maybe_shared(Bytes::from(parent.traceparent())).ok()
        };
        let trace = self.inner.propagation.has_trace_context().then(traceparent).flatten();
        [Some((request_id::HEADER, self.id.value().clone())), trace.map(|value| (TRACEPARENT, value))]
    }

    /// Notes the trailers of the response.
    pub(super) fn trailers(&mut self, trailers: &HeaderMap) {
        if let Some(grpc) = self.answered.as_mut().and_then(|answered| answered.grpc.as_mut()) {
            grpc.trailers(trailers);
        }
    }

    /// Whether only the trailers tell how the request ended.
    pub(super) fn awaits_trailers(&self) -> bool {
        let grpc = self.answered.as_ref().and_then(|answered| answered.grpc);
        grpc.is_some_and(|grpc| !grpc.is_known())
    }

    /// Whether the response has no body, whatever it says of one.
    pub(super) fn is_bodiless(&self) -> bool {
        let without = |status| matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
        self.method == Method::HEAD.as_str() || self.answered.as_ref().is_some_and(|answered| without(answered.status))
    }

    /// Counts bytes of the response's body; returns how many there were in all.
    pub(super) fn sent(&mut self, bytes: u64) -> u64 {
        self.sent += bytes;
        self.sent
    }

    /// Ends it.
    pub(super) fn finish(mut self, ending: Ending) {
        self.end(ending);
    }

    fn end(&mut self, mut ending: Ending) {
        let mut answered = self.answered.take();
        let grpc = answered.as_ref().and_then(|answered| answered.grpc);
        let grpc = grpc.filter(|grpc| ending == Ending::Sent || grpc.is_known()).map(GrpcAnswer::code);
        // Given up by whoever stands outside, who answers in our place.
        if answered.is_none()
            && ending == Ending::ClientGone
            && let Some(status) = self.deadline.as_ref().and_then(Deadline::expired)
        {
            answered = Some(Answered { status, counted: false, grpc: None, measured: false });
            ending = Ending::Sent;
        }
        let status = answered.as_ref().map(|answered| answered.status);
        // What the answer says, which gRPC has a code of its own for.
        let said = grpc.map(GrpcCode::status).or(status);
        let end = ending.end(said.as_ref(), grpc);
        let received = self.received.as_ref().map(|bytes| bytes.load(Ordering::Relaxed));
        let (code, sent) = (status.map(code), status.map(|_| whole(self.sent)));
        let took = self.operation.end_with(&end, |span| {
            tracing::record_all!(
                span.span(),
                outcome = end.outcome(),
                http.status_code = code,
                http.response.status_code = code,
                http.request.body.size = received.map(whole),
                http.response.body.size = sent,
            );
            if let Some(code) = grpc {
                // Not declared: a field that few requests have would cost them all.
                span.span().set_attribute("rpc.system", "grpc");
                span.span().set_attribute("rpc.grpc.status_code", code.number());
            }
        });
        let Some(took) = took else { return };

        match &answered {
            Some(answered) if answered.counted => {}
            // The head of a gRPC answer alone says nothing.
            Some(Answered { grpc: Some(_), .. }) if grpc.is_none() => self.count(without_answer(ending)),
            _ => self.count(said.as_ref().map_or(without_answer(ending), StatusCode::as_str)),
        }
        if !answered.is_some_and(|answered| answered.measured) {
            self.measure(took, status, end.error_type());
        }
        let metrics = self.inner.by_route.at(self.metrics);
        metrics.request_size.record(received.unwrap_or_default() as f64);
        if status.is_some() {
            metrics.response_size.record(self.sent as f64);
        }

        let (method, route, status) = (self.method, &*cut(self.route.as_str(), MESSAGE), code);
        let (received, sent) = (received.map(whole), whole(self.sent));
        end_event!(
            self.operation,
            end,
            took,
            { method, route, status, received, sent },
            "request ended",
            "request failed"
        );
    }

    fn count(&self, status: &str) {
        let key = RequestMetricsKey { method: self.method, path: self.route.as_str(), status };
        self.inner.requests.get(key).requests.add(1);
    }

    fn measure(&self, took: Duration, status: Option<StatusCode>, error_type: Option<&str>) {
        let seconds = took.as_secs_f64();
        self.inner.by_route.at(self.metrics).duration.record(seconds);
        let key = ServerMetricsKey {
            method: self.method,
            route: self.route.matched().unwrap_or_default(),
            scheme: self.scheme,
            status: status.as_ref().map_or("", StatusCode::as_str),
            error: error_type.unwrap_or_default(),
        };
        self.inner.conventions.record(seconds, key);
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        match self.operation.dropped() {
            Some(Dropped::Cancelled) => self.end(Ending::ClientGone),
            Some(Dropped::Panicked) => self.end(Ending::Panicked),
            None => {}
        }
    }
}

/// The label `status` of a request that was answered nothing.
fn without_answer(ending: Ending) -> &'static str {
    match ending {
        Ending::ClientGone => CLIENT_GONE,
        _ => "500",
    }
}

fn code(status: StatusCode) -> i64 {
    i64::from(status.as_u16())
}

fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Whether the response's body lasts as long as the client likes: an event stream, or another protocol.
fn is_open_ended<B>(response: &Response<B>) -> bool {
    let content_type = response.headers().get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let media_type = content_type.split(|&byte| byte == b';').next().unwrap_or_default().trim_ascii();
    response.status() == StatusCode::SWITCHING_PROTOCOLS || media_type.eq_ignore_ascii_case(b"text/event-stream")
}
