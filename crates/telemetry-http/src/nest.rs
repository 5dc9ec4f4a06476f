//! Where axum nests a service that is no router of its own: a fact that axum knows and does not show.

use std::future;
use std::pin::pin;
use std::sync::OnceLock;
use std::task::{Context, Poll, Waker};

use axum::body::Body;
use axum::extract::{MatchedPath, Request};
use axum::response::Response;
use axum::{Router, routing};
use http::Extensions;
use tower_service::Service as _;

/// The path of the probe. Whatever stands before it in a route that it matched is where it is nested.
const PROBE: &str = "/_probe";

/// The route of a request below `Router::nest_service`: the template that the service is nested at, and `{*rest}` for what
/// follows, of which the service alone knows the routes. `None` for a request that matched nothing.
///
/// axum leaves the template with the request in a type of its own, for the routers further in, which put it before their own
/// templates. So a router of ours is asked what it would match there.
pub(crate) fn nested_at(extensions: &Extensions) -> Option<String> {
    // Where no router has left anything, there is nothing to ask for.
    if extensions.is_empty() {
        return None;
    }
    static ROUTER: OnceLock<Router> = OnceLock::new();
    let router = ROUTER.get_or_init(|| Router::new().route(PROBE, routing::any(tell)));
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = http::Uri::from_static(PROBE);
    *request.extensions_mut() = extensions.clone();
    let answer = pin!(router.clone().call(request));
    // It has nothing to wait for.
    let Poll::Ready(Ok(response)) = answer.poll(&mut Context::from_waker(Waker::noop())) else { return None };
    let matched = response.extensions().get::<MatchedPath>()?;
    let nest = matched.as_str().strip_suffix(PROBE).filter(|nest| !nest.is_empty())?;
    Some(format!("{}/{{*rest}}", nest.trim_end_matches('/')))
}

fn tell(path: MatchedPath) -> future::Ready<Response> {
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(path);
    future::ready(response)
}
