//! The tower layer that an application puts around its routes.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::task::{Context, Poll};
use std::time::Instant;

use http::{Request, Response};
use http_body::Body;
use telemetry_core::{Family, Meter};
use tower_layer::Layer;
use tower_service::Service;

use super::body::{RequestBody, ResponseBody};
use super::exchange::{Exchange, Running};
use super::future::ResponseFuture;
use super::settings::HttpSettings;
use super::span;
use crate::method;
use crate::metrics::{RequestMetrics, RouteMetrics, RouteMetricsKey};
use crate::propagation::Propagation;
use crate::request_id::{self, RequestId};
use crate::route::{RequestHead, Route, Routes};
use crate::semconv::Conventions;

/// Measures the requests that a server's routes answer.
///
/// With the feature `axum`, `Router::layer` is the place for it: there the route that matched is known. Where several
/// layers are around a route, the outermost measures and the others pass on.
///
/// What is measured ends with the response's body, be it to its end, by an error or because the client left. Of event
/// streams and upgraded connections, which last as long as their client likes, the duration is that until the head of
/// the response. A request whose client left before there was a response counts with status `499`; a panic counts as
/// `500` and goes on to whatever catches it.
#[derive(Clone)]
pub struct HttpLayer(Arc<Shared>);

/// What all requests share.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) requests: Family<RequestMetrics>,
    routes_metrics: Family<RouteMetrics>,
    routes: Routes,
    pub(super) propagation: Propagation,
    pub(super) scheme: &'static str,
    pub(super) conventions: Arc<Conventions>,
}

impl HttpLayer {
    /// A layer that records through this meter, with the default settings.
    #[must_use]
    pub fn new(meter: &Meter) -> Self {
        Self::with_settings(meter, HttpSettings::default())
    }

    /// A layer that records through the process's meter, with the default settings; nothing is recorded before it is
    /// installed.
    #[must_use]
    pub fn global() -> Self {
        Self::new(&Meter::global())
    }

    /// A layer that records through this meter.
    #[must_use]
    pub fn with_settings(meter: &Meter, settings: HttpSettings) -> Self {
        let HttpSettings { scheme, propagators, semconv } = settings;
        Self(Arc::new(Shared {
            requests: Family::new(meter),
            routes_metrics: Family::new(meter),
            routes: Routes::default(),
            propagation: propagators.map(Propagation::of).unwrap_or_default(),
            scheme,
            conventions: Arc::new(Conventions::new(meter, semconv)),
        }))
    }

    /// Asks this for the route that a request matched, instead of axum's router. `None` is `_unmatched`.
    ///
    /// ```
    /// use telemetry_http::{HttpLayer, Route};
    ///
    /// /// What a router leaves with the request.
    /// #[derive(Clone)]
    /// struct Matched(&'static str);
    ///
    /// let layer = HttpLayer::global()
    ///     .routes(|request| request.extensions().get::<Matched>().map(|matched| Route::from_static(matched.0)));
    /// ```
    #[must_use]
    pub fn routes(self, route: impl Fn(RequestHead<'_>) -> Option<Route> + Send + Sync + 'static) -> Self {
        Self(Arc::new(Shared { routes: Routes::Own(Arc::new(route)), ..Shared::clone(&self.0) }))
    }
}

impl fmt::Debug for HttpLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpLayer").field("propagation", &self.0.propagation).finish_non_exhaustive()
    }
}

impl<S> Layer<S> for HttpLayer {
    type Service = HttpService<S>;

    fn layer(&self, inner: S) -> HttpService<S> {
        HttpService { inner, shared: Arc::clone(&self.0) }
    }
}

/// A service whose requests are measured.
#[derive(Clone)]
pub struct HttpService<S> {
    inner: S,
    shared: Arc<Shared>,
}

impl<S: fmt::Debug> fmt::Debug for HttpService<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpService").field("inner", &self.inner).finish_non_exhaustive()
    }
}

impl<S, B, R> Service<Request<B>> for HttpService<S>
where
    S: Service<Request<RequestBody<B>>, Response = Response<R>>,
    B: Body,
    R: Body,
{
    type Response = Response<ResponseBody<R>>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        if request.extensions().get::<RequestId>().is_some() {
            let request = request.map(|body| RequestBody::new(body, None));
            return ResponseFuture::new(self.inner.call(request), Running::new(None));
        }
        let (request, exchange) = self.shared.begin(request);
        // A handler may panic before there is a future.
        let mut running = Running::new(Some(exchange));
        let future = running.within(|| self.inner.call(request));
        ResponseFuture::new(future, running)
    }
}

impl Shared {
    /// Starts to measure a request.
    fn begin<B: Body>(self: &Arc<Self>, mut request: Request<B>) -> (Request<RequestBody<B>>, Exchange) {
        let started = Instant::now();
        let route = self.routes.of(RequestHead::of(&request));
        let method = method::known(request.method());
        let received_id = RequestId::received(request.headers());
        let id_is_new = received_id.is_none();
        let id = received_id.unwrap_or_else(RequestId::random);

        let scheme = span::scheme(request.uri(), self.scheme);
        let context = self.propagation.extract(request.headers());
        let span::Started { span, context } = {
            // The caller's span is the parent, and no other: what is active here has nothing to do with the request.
            let _parent = context.attach();
            span::start(RequestHead::of(&request), &id, method, &route, scheme)
        };

        if id_is_new {
            // Nobody further in sees an id that was not kept.
            request.headers_mut().insert(request_id::HEADER, id.value().clone());
        }
        request.extensions_mut().insert(id.clone());
        let received = (!request.body().is_end_stream()).then(|| Arc::new(AtomicU64::new(0)));
        let exchange = Exchange {
            metrics: Arc::clone(self.routes_metrics.get(RouteMetricsKey { method, path: route.as_str() })),
            shared: Arc::clone(self),
            method,
            scheme,
            route,
            id,
            span,
            context,
            started,
            received: received.clone(),
            answered: None,
            sent: 0,
        };
        (request.map(|body| RequestBody::new(body, received)), exchange)
    }
}
