//! Requests and responses of reqwest, as far as calls are found and measured by them.

use std::borrow::Cow;

use http::Extensions;
use reqwest::{Body, Request, Response, ResponseBuilderExt};

use super::asked::Asked;
use super::body::LlmBody;
use super::calls::{Calls, Destination, Found};
use super::watch::Watch;

/// The call that a request is; nothing if it is none.
pub(super) fn find(request: &Request, said: &Extensions, calls: &Calls) -> Option<Found> {
    let url = request.url();
    let to = Destination {
        method: request.method(),
        host: Cow::Borrowed(url.host_str()?),
        port: url.port(),
        known_port: url.port_or_known_default(),
        path: url.path(),
    };
    let bytes = || request.body().and_then(Body::as_bytes);
    calls.find(&to, || bytes().map_or_else(Asked::default, Asked::of_body).or_said(said))
}

/// The response with a body that is watched.
pub(super) fn watched(response: Response, watch: impl FnOnce(&Response) -> Watch) -> Response {
    let watch = watch(&response);
    // The conversion back would not know the URL otherwise.
    let url = http::Response::builder().url(response.url().clone()).body(());
    let (mut parts, body) = http::Response::from(response).into_parts();
    if let Ok(url) = url {
        parts.extensions.extend(url.into_parts().0.extensions);
    }
    http::Response::from_parts(parts, Body::wrap(LlmBody::new(body, Some(watch)))).into()
}
