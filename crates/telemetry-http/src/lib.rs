//! Telemetry of HTTP servers and clients.
//!
//! - [`HttpLayer`] goes around a server's routes, axum's or those of any other tower service. Every request becomes a
//!   span `http.{METHOD} {route}`, child of the caller's, has an id that its log lines carry ([`RequestId`]), and counts
//!   in four metrics: requests, duration, size of what was received and of what was sent.
//! - [`ExternalLayer`] goes around an HTTP client that is a tower service, and with the feature `reqwest` the
//!   middleware `ExternalMiddleware` into a reqwest client: a span `external.{service}.{operation}` and the trace's
//!   context in the request. [`ExternalCall`] is the same for any other client.
//! - [`AgentContext`] hands the trace to an agent's child process or SDK.
//!
//! A raw path never becomes a label: what matched no route is `_unmatched`. Queries, bodies and headers other than
//! `user-agent` and `host` are recorded nowhere.
//!
//! ```
//! use http::{Request, Response};
//! use telemetry_core::Meter;
//! use telemetry_http::{HttpLayer, Route};
//! use tower_layer::Layer as _;
//! use tower_service::Service;
//!
//! # #[derive(Clone)] struct Orders;
//! # impl<B> Service<Request<B>> for Orders {
//! #     type Response = Response<String>;
//! #     type Error = std::convert::Infallible;
//! #     type Future = std::future::Ready<Result<Self::Response, Self::Error>>;
//! #     fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> std::task::Poll<Result<(), Self::Error>> {
//! #         std::task::Poll::Ready(Ok(()))
//! #     }
//! #     fn call(&mut self, _: Request<B>) -> Self::Future { std::future::ready(Ok(Response::default())) }
//! # }
//! # fn serve<S: Service<Request<String>>>(_: S) {}
//! // With the feature `axum` the layer knows the routes of axum's router by itself; another router tells them.
//! let layer = HttpLayer::new(&Meter::global()).routes(|request| {
//!     let order = request.uri().path().strip_prefix("/orders/")?;
//!     (!order.contains('/')).then_some(Route::from_static("/orders/{order}"))
//! });
//! serve(layer.layer(Orders));
//! ```
//!
//! What a span is called is not what it costs: where the trace is not sampled no span is built, and what remains of a
//! request through the layer is its metrics, its id and the reading of its context.

mod agent_context;
mod client;
mod method;
mod metrics;
#[cfg(feature = "mixin")]
pub mod mixin;
mod propagation;
mod request_id;
mod route;
mod semconv;
mod server;

pub use agent_context::AgentContext;
#[cfg(feature = "reqwest")]
pub use client::ExternalMiddleware;
pub use client::{ExternalCall, ExternalFuture, ExternalLayer, ExternalService, Operation};
pub use metrics::{CATALOGUE, RequestMetrics, RequestMetricsKey, RouteMetrics, RouteMetricsKey};
pub use request_id::RequestId;
pub use route::{RequestHead, Route, UNMATCHED};
pub use server::{CLIENT_GONE, HttpLayer, HttpService, HttpSettings, RequestBody, ResponseBody, ResponseFuture};
