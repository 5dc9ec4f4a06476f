//! The span of a request and its attributes, as they are known at its start.

use http::Uri;
use http::header::{HOST, HeaderName, USER_AGENT};
use opentelemetry::trace::TraceContextExt as _;
use opentelemetry::{Context, KeyValue};
use telemetry_core::trace::{ActiveSpan, LOGS_ONLY};
use tracing::field::Empty;

use crate::method;
use crate::request_id::RequestId;
use crate::route::{RequestHead, Route};

/// The span of a request, and its context as it is handed on.
pub(super) struct Started {
    pub(super) span: ActiveSpan,
    pub(super) context: Context,
}

/// Starts the span of a request, under the context that is active.
///
/// Fields of the `tracing` span have the names of the source documents. What the semantic conventions call the same
/// facts goes to the OpenTelemetry span alone, at once: as fields they would stand twice on every line that shows its
/// span's fields, and each would be copied.
pub(super) fn start(
    request: RequestHead<'_>,
    id: &RequestId,
    method: &'static str,
    route: &Route,
    scheme: &'static str,
) -> Started {
    let request_id = id.as_str();
    let path = request.uri().path();
    let text = |name: HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    let user_agent = text(USER_AGENT);
    let span = ActiveSpan::start_logged(
        || {
            tracing::info_span!(
                "http.request",
                otel.name = format_args!("http.{method} {}", route.as_str()),
                otel.kind = "server",
                otel.status_code = Empty,
                request_id,
                outcome = Empty,
                http.method = method,
                http.url = path,
                http.route = route.matched(),
                http.user_agent = user_agent,
                http.status_code = Empty,
                error.r#type = Empty,
            )
        },
        || tracing::info_span!(target: LOGS_ONLY, "http.request", request_id),
    );
    let context = span.context();
    if span.is_sampled() {
        let authority = request.uri().authority().map(http::uri::Authority::as_str).or_else(|| text(HOST));
        let (address, port) = authority.map_or((None, None), split);
        let known = [KeyValue::new("http.request.method", method), KeyValue::new("url.scheme", scheme)];
        let told = [
            ("http.request.method_original", method::original(request.method())),
            ("url.path", Some(path)),
            ("server.address", address),
            ("user_agent.original", user_agent),
        ];
        let told = told.into_iter().filter_map(|(key, text)| Some(KeyValue::new(key, text?.to_owned())));
        let port = port.map(|port| KeyValue::new("server.port", i64::from(port)));
        context.span().set_attributes(known.into_iter().chain(told).chain(port));
    }
    Started { span, context }
}

/// The scheme of an address that names one of the two there are.
pub(super) fn scheme(uri: &Uri, otherwise: &'static str) -> &'static str {
    match uri.scheme_str() {
        Some("http") => "http",
        Some("https") => "https",
        _ => otherwise,
    }
}

/// A host and its port; brackets of an IPv6 address stay.
fn split(authority: &str) -> (Option<&str>, Option<u16>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (Some(host), port.parse().ok()),
        _ => (Some(authority), None),
    }
}
