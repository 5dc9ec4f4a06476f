use http::Uri;
use http::header::{HOST, HeaderName, USER_AGENT};
use telemetry_core::trace::{ActiveSpan, LOGS_ONLY};
use tracing::field::Empty;

use crate::method;
use crate::request_id::RequestId;
use crate::route::{RequestHead, Route};

/// The span of a request, under the context that is active.
pub(super) fn start(
    request: RequestHead<'_>,
    id: &RequestId,
    method: &'static str,
    route: &Route,
    default_scheme: &'static str,
) -> ActiveSpan {
    let request_id = id.as_str();
    ActiveSpan::start_logged(
        || {
            let uri = request.uri();
            let text = |name: HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
            let user_agent = text(USER_AGENT);
            let authority = uri.authority().map(http::uri::Authority::as_str).or_else(|| text(HOST));
            let (address, port) = authority.map_or((None, None), split);
            tracing::info_span!(
                "http.request",
                otel.name = format_args!("http.{method} {}", route.as_str()),
                otel.kind = "server",
                otel.status_code = Empty,
                request_id,
                outcome = Empty,
                // The names of the source documents.
                http.method = method,
                http.url = uri.path(),
                http.route = route.matched(),
                http.user_agent = user_agent,
                http.status_code = Empty,
                // The semantic conventions' names.
                http.request.method = method,
                http.request.method_original = method::original(request.method()),
                http.request.body.size = Empty,
                http.response.status_code = Empty,
                http.response.body.size = Empty,
                url.path = uri.path(),
                url.scheme = scheme(uri, default_scheme),
                server.address = address,
                server.port = port,
                user_agent.original = user_agent,
                error.r#type = Empty,
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

/// A host and its port; brackets of an IPv6 address stay.
fn split(authority: &str) -> (Option<&str>, Option<u16>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (Some(host), port.parse().ok()),
        _ => (Some(authority), None),
    }
}
