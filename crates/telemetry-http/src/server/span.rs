//! The span of a request, and what is known of it at its start.

use http::Uri;
use http::header::{HOST, HeaderName, USER_AGENT};
use telemetry_core::operation_span;
use telemetry_core::text::{MESSAGE, NAME, cut};
use telemetry_core::trace::{ActiveSpan, LOGS_ONLY};
use tracing::field::Empty;

use crate::method;
use crate::request_id::RequestId;
use crate::route::{RequestHead, Route};

/// Starts the span of a request, under the context that is active.
///
/// The facts have two names: that of the source documents, and that of the semantic conventions.
pub(super) fn start(
    request: RequestHead<'_>,
    id: &RequestId,
    method: &'static str,
    route: &Route,
    scheme: &'static str,
) -> ActiveSpan {
    let request_id = id.as_str();
    ActiveSpan::start_logged(
        || {
            let path = &*cut(request.uri().path(), MESSAGE);
            let text = |name: HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
            let user_agent = text(USER_AGENT).map(|text| cut(text, MESSAGE));
            let authority = request.uri().authority().map(http::uri::Authority::as_str).or_else(|| text(HOST));
            let (address, port) = authority.map_or((None, None), split);
            let route_text = &*cut(route.as_str(), MESSAGE);
            // Put together at once: as formatted arguments it would be allocated piece by piece.
            let name = ["http.", method, " ", route_text].concat();
            operation_span!(
                "http.request",
                otel.name = name.as_str(),
                otel.kind = "server",
                request_id,
                http.method = method,
                http.url = path,
                http.route = route.matched().map(|_| route_text),
                http.user_agent = user_agent.as_deref(),
                http.status_code = Empty,
                http.request.method = method,
                http.request.method_original = method::original(request.method()).as_deref(),
                http.request.body.size = Empty,
                http.response.status_code = Empty,
                http.response.body.size = Empty,
                url.path = path,
                url.scheme = scheme,
                server.address = address.map(|host| cut(host, NAME)).as_deref(),
                server.port = port.map(i64::from),
                user_agent.original = user_agent.as_deref(),
            )
        },
        || tracing::info_span!(target: LOGS_ONLY, "http.request", request_id),
    )
}

/// The scheme of an address that names one of the two there are.
pub(super) fn scheme(uri: &Uri, otherwise: &'static str) -> &'static str {
    match uri.scheme_str() {
        Some("http") => "http",
        Some("https") => "https",
        _ => otherwise,
    }
}

/// A host and its port, without who asks; brackets of an IPv6 address stay.
fn split(authority: &str) -> (Option<&str>, Option<u16>) {
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (Some(host), port.parse().ok()),
        _ => (Some(authority), None),
    }
}
