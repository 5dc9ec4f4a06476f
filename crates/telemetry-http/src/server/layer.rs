//! The tower layer that an application puts around its routes.

use std::fmt;
use std::task::{Context, Poll};

use http::{Request, Response};
use http_body::Body;
use telemetry_core::{Global, Meter, SettingsError, SettingsGroup as _, Shared};
use tower_layer::Layer;
use tower_service::Service;

use super::body::{RequestBody, ResponseBody};
use super::exchange::Exchange;
use super::future::ResponseFuture;
use super::inner::Inner;
use super::settings::HttpSettings;
use crate::request_id::RequestId;
use crate::route::{RequestHead, Route, Routes};

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
pub struct HttpLayer(Shared<Inner>);

impl HttpLayer {
    /// A layer that records through this meter, with the settings that it carries.
    #[must_use]
    pub fn new(meter: &Meter) -> Self {
        Self(Shared::new(Inner::new(meter, &meter.settings_of())))
    }

    /// A layer that records through this meter, with these settings.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] when a setting is not accepted.
    pub fn with_settings(meter: &Meter, settings: HttpSettings) -> Result<Self, SettingsError> {
        settings.validate()?;
        Ok(Self(Shared::new(Inner::new(meter, &settings))))
    }

    /// The layer of the process, which records through its meter, with the settings that this carries; before it is
    /// installed nothing is recorded, and the settings are the defaults.
    #[must_use]
    pub fn global() -> &'static Self {
        static GLOBAL: Global<HttpLayer> = Global::new();
        GLOBAL.get(Self::new)
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
    ///     .clone()
    ///     .routes(|request| request.extensions().get::<Matched>().map(|matched| Route::from_static(matched.0)));
    /// ```
    #[must_use]
    pub fn routes(self, route: impl Fn(RequestHead<'_>) -> Option<Route> + Send + Sync + 'static) -> Self {
        Self(Shared::new(Inner { routes: Routes::own(route), ..Inner::clone(&self.0) }))
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
        HttpService { inner, shared: self.0.clone() }
    }
}

/// A service whose requests are measured.
#[derive(Clone)]
pub struct HttpService<S> {
    inner: S,
    shared: Shared<Inner>,
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

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        if request.extensions().get::<RequestId>().is_some() {
            let request = request.map(|body| RequestBody::new(body, None));
            return ResponseFuture::new(self.inner.call(request), None);
        }
        let mut exchange = Exchange::start(self.shared.lease(), &mut request);
        let received = exchange.received();
        let request = request.map(|body| RequestBody::new(body, received));
        // A handler may panic before there is a future.
        let future = exchange.run(|| self.inner.call(request));
        ResponseFuture::new(future, Some(exchange))
    }
}
