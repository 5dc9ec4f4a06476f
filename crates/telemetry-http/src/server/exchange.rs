//! One request and its response: what is recorded when it ends, and every way in which it can.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Method, Response, StatusCode};
use opentelemetry::trace::TraceContextExt as _;
use opentelemetry::{Context, KeyValue};
use telemetry_core::propagation::TraceContext;
use telemetry_core::trace::ActiveSpan;
use tracing::Level;
use tracing::level_filters::LevelFilter;

use super::layer::Shared;
use crate::metrics::{RequestMetricsKey, RouteMetrics};
use crate::propagation::TRACEPARENT;
use crate::request_id::{self, RequestId};
use crate::route::Route;
use crate::semconv::ServerMetricsKey;

/// The label `status` of requests whose client left before there was a response. No status code that anyone sends: that
/// of nginx for the same.
pub const CLIENT_GONE: &str = "499";

/// How an exchange ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The response was sent.
    Completed,
    /// The response's body was dropped before its end: the client left.
    Aborted,
    /// The response's body failed.
    BodyFailed,
    /// The client left before there was a response.
    Cancelled,
    /// The service failed without a response.
    ServiceFailed,
    /// The handler, or the response's body, panicked.
    Panicked,
}

/// One request and its response, from the head of the one to the end of the other.
pub(super) struct Exchange {
    // The metrics come before the span, which ends when it is dropped.
    pub(super) metrics: Arc<RouteMetrics>,
    pub(super) shared: Arc<Shared>,
    pub(super) method: &'static str,
    pub(super) scheme: &'static str,
    pub(super) route: Route,
    pub(super) id: RequestId,
    pub(super) span: ActiveSpan,
    /// The span's.
    pub(super) context: Context,
    pub(super) started: Instant,
    /// The bytes of the request's body, if it has one.
    pub(super) received: Option<Arc<AtomicU64>>,
    pub(super) answered: Option<Answered>,
    pub(super) sent: u64,
}

/// The head of the response is there.
pub(super) struct Answered {
    status: StatusCode,
    /// Whether the duration is measured already, because the body lasts as long as the client likes.
    measured: bool,
}

impl Exchange {
    /// Notes the head of the response, and adds the headers that the caller finds the request by.
    pub(super) fn answer<B>(&mut self, response: &mut Response<B>) {
        let status = response.status();
        self.count(status.as_str());
        let open_ended = is_open_ended(response);
        self.answered = Some(Answered { status, measured: open_ended });
        if open_ended {
            self.measure(self.started.elapsed(), Some(status), None);
        }
        let headers = response.headers_mut();
        headers.insert(request_id::HEADER, self.id.value().clone());
        if !self.shared.propagation.has_trace_context() {
            return;
        }
        let parent = TraceContext::from_span_context(self.context.span().span_context());
        if let Some(value) = parent.and_then(|parent| HeaderValue::try_from(parent.traceparent()).ok()) {
            headers.insert(TRACEPARENT, value);
        }
    }

    /// Whether the response has no body, whatever it says of one.
    pub(super) fn is_bodiless(&self) -> bool {
        let without = |status| matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
        self.method == Method::HEAD.as_str() || self.answered.as_ref().is_some_and(|answered| without(answered.status))
    }

    fn end(&mut self, end: End) {
        let took = self.started.elapsed();
        let answered = self.answered.take();
        let status = answered.as_ref().map(|answered| answered.status);
        let received = self.received.as_ref().map_or(0, |bytes| bytes.load(Ordering::Relaxed));
        if status.is_none() {
            self.count(match end {
                End::Cancelled | End::Aborted => CLIENT_GONE,
                _ => StatusCode::INTERNAL_SERVER_ERROR.as_str(),
            });
        }
        let error_type = match end {
            End::Panicked => Some("panic"),
            End::ServiceFailed => Some("service_error"),
            End::BodyFailed => Some("body_error"),
            End::Completed | End::Aborted | End::Cancelled => {
                status.as_ref().filter(|status| status.is_server_error()).map(StatusCode::as_str)
            }
        };
        if !answered.is_some_and(|answered| answered.measured) {
            self.measure(took, status, error_type);
        }
        self.metrics.request_size.record(received as f64);
        if status.is_some() {
            self.metrics.response_size.record(self.sent as f64);
        }
        self.tell(end, took, status, error_type, received);
    }

    fn count(&self, status: &str) {
        let key = RequestMetricsKey { method: self.method, path: self.route.as_str(), status };
        self.shared.requests.get(key).requests.add(1);
    }

    fn measure(&self, took: Duration, status: Option<StatusCode>, error_type: Option<&str>) {
        let seconds = took.as_secs_f64();
        self.metrics.duration.record(seconds);
        let key = ServerMetricsKey {
            method: self.method,
            route: self.route.matched().unwrap_or_default(),
            scheme: self.scheme,
            status: status.as_ref().map_or("", StatusCode::as_str),
            error: error_type.unwrap_or_default(),
        };
        self.shared.conventions.record(seconds, key);
    }

    /// Completes the span and writes the one log line of the request.
    fn tell(&self, end: End, took: Duration, status: Option<StatusCode>, error_type: Option<&str>, received: u64) {
        let outcome = match end {
            End::Completed => "completed",
            End::Aborted => "aborted",
            End::Cancelled => "cancelled",
            End::BodyFailed | End::ServiceFailed => "failed",
            End::Panicked => "panicked",
        };
        // Whole numbers are signed throughout: the bridge makes text of others.
        let status = status.map(|status| i64::from(status.as_u16()));
        let (received, sent) = (whole(received), whole(self.sent));
        let span = self.span.span();
        if self.span.is_sampled() {
            tracing::record_all!(span, outcome, http.status_code = status);
            if let Some(error_type) = error_type {
                span.record("error.type", error_type).record("otel.status_code", "ERROR");
            }
            let answer = status.map(|status| {
                [KeyValue::new("http.response.status_code", status), KeyValue::new("http.response.body.size", sent)]
            });
            let attributes = answer.into_iter().flatten().chain([KeyValue::new("http.request.body.size", received)]);
            self.context.span().set_attributes(attributes);
        }
        let (method, route) = (self.method, self.route.as_str());
        let duration_ms = whole(took.as_millis());
        match error_type {
            Some(error_type) => self.span.in_scope(|| {
                tracing::error!(
                    method,
                    route,
                    status,
                    outcome,
                    error_type,
                    duration_ms,
                    received,
                    sent,
                    "request failed"
                );
            }),
            // Asked first: to enter the span costs more than the question.
            None if Level::DEBUG <= LevelFilter::current() => self.span.in_scope(|| {
                tracing::debug!(method, route, status, outcome, duration_ms, received, sent, "request ended");
            }),
            None => {}
        }
    }
}

fn whole(number: impl TryInto<i64>) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

/// Whether the response's body lasts as long as the client likes: an event stream, or another protocol.
fn is_open_ended<B>(response: &Response<B>) -> bool {
    let content_type = response.headers().get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    response.status() == StatusCode::SWITCHING_PROTOCOLS || content_type.starts_with(b"text/event-stream")
}

/// An exchange under way. Dropped, it ends as one that its client left.
pub(super) struct Running(Option<Exchange>);

impl Running {
    pub(super) fn new(exchange: Option<Exchange>) -> Self {
        Self(exchange)
    }

    /// The exchange, while it has not ended.
    pub(super) fn exchange(&mut self) -> Option<&mut Exchange> {
        self.0.as_mut()
    }

    /// Takes the exchange to another place.
    pub(super) fn take(&mut self) -> Option<Exchange> {
        self.0.take()
    }

    /// Ends the exchange, if it has not ended.
    pub(super) fn finish(&mut self, end: End) {
        if let Some(mut exchange) = self.0.take() {
            exchange.end(end);
        }
    }

    /// Runs code of the application within the span; a panic there ends the exchange and goes on.
    pub(super) fn within<T>(&mut self, run: impl FnOnce() -> T) -> T {
        let mut unwinding = Unwinding { running: self, panicked: true };
        let result = match &unwinding.running.0 {
            Some(exchange) => exchange.span.in_scope(run),
            None => run(),
        };
        unwinding.panicked = false;
        result
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let answered = self.0.as_ref().is_some_and(|exchange| exchange.answered.is_some());
        self.finish(if answered { End::Aborted } else { End::Cancelled });
    }
}

/// While code of the application runs: dropped before that has returned, it was dropped by a panic.
struct Unwinding<'a> {
    running: &'a mut Running,
    panicked: bool,
}

impl Drop for Unwinding<'_> {
    fn drop(&mut self) {
        if self.panicked {
            self.running.finish(End::Panicked);
        }
    }
}
