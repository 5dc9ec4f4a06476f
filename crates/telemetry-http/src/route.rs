//! The template that stands for a path in labels and span names, and who knows it.

use std::fmt;
use std::sync::Arc;

use http::{Extensions, HeaderMap, Method, Request, Uri};

/// The label `path` of requests that matched no route.
pub const UNMATCHED: &str = "_unmatched";

/// The template of the route that a request matched, such as `/users/{id}`.
///
/// It becomes a label, so that it has to be one of as many as there are routes: never a path as it was requested. One of
/// more than 256 bytes is counted as `_other`.
#[derive(Clone)]
pub struct Route(Text);

#[derive(Clone)]
enum Text {
    Static(&'static str),
    Shared(Arc<str>),
    #[cfg(feature = "axum")]
    Axum(axum::extract::MatchedPath),
}

impl Route {
    pub(crate) const UNMATCHED: Self = Self::from_static(UNMATCHED);

    /// A route known when the program is compiled.
    #[must_use]
    pub const fn from_static(template: &'static str) -> Self {
        Self(Text::Static(template))
    }

    /// A route of a router that is filled when the program runs.
    #[must_use]
    pub fn new(template: impl Into<Arc<str>>) -> Self {
        Self(Text::Shared(template.into()))
    }

    /// The template.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Text::Static(template) => template,
            Text::Shared(template) => template,
            #[cfg(feature = "axum")]
            Text::Axum(path) => path.as_str(),
        }
    }

    /// The template, unless it stands for none.
    pub(crate) fn matched(&self) -> Option<&str> {
        Some(self.as_str()).filter(|template| *template != UNMATCHED)
    }
}

impl PartialEq for Route {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Route {}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Route({:?})", self.as_str())
    }
}

/// A request without its body: what tells its route or its operation.
#[derive(Debug, Clone, Copy)]
pub struct RequestHead<'a> {
    method: &'a Method,
    uri: &'a Uri,
    headers: &'a HeaderMap,
    extensions: &'a Extensions,
}

impl<'a> RequestHead<'a> {
    pub(crate) fn of<B>(request: &'a Request<B>) -> Self {
        Self {
            method: request.method(),
            uri: request.uri(),
            headers: request.headers(),
            extensions: request.extensions(),
        }
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> &'a Method {
        self.method
    }

    /// The address.
    #[must_use]
    pub fn uri(&self) -> &'a Uri {
        self.uri
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &'a HeaderMap {
        self.headers
    }

    /// What routers and layers left with the request.
    #[must_use]
    pub fn extensions(&self) -> &'a Extensions {
        self.extensions
    }
}

/// Tells a request's route.
#[derive(Clone, Default)]
pub(crate) enum Routes {
    /// As axum's router matched it, with that feature; else none.
    #[default]
    Known,
    Own(Arc<dyn Fn(RequestHead<'_>) -> Option<Route> + Send + Sync>),
}

impl Routes {
    pub(crate) fn own(route: impl Fn(RequestHead<'_>) -> Option<Route> + Send + Sync + 'static) -> Self {
        Self::Own(Arc::new(route))
    }

    pub(crate) fn of(&self, request: RequestHead<'_>) -> Route {
        let route = match self {
            Self::Known => matched_by_axum(request.extensions),
            Self::Own(route) => route(request),
        };
        route.unwrap_or(Route::UNMATCHED)
    }
}

#[cfg(feature = "axum")]
fn matched_by_axum(extensions: &Extensions) -> Option<Route> {
    match extensions.get::<axum::extract::MatchedPath>() {
        Some(path) => Some(Route(Text::Axum(path.clone()))),
        None => crate::nest::nested_at(extensions).map(Route::new),
    }
}

#[cfg(not(feature = "axum"))]
fn matched_by_axum(_: &Extensions) -> Option<Route> {
    None
}
