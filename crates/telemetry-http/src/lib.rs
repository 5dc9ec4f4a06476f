#![doc = include_str!("../README.md")]

mod agent_context;
mod client;
mod method;
mod metrics;
#[cfg(feature = "mixin")]
pub mod mixin;
#[cfg(feature = "axum")]
mod nest;
mod propagation;
mod request_id;
mod route;
mod semconv;
mod server;

pub use agent_context::AgentContext;
#[cfg(feature = "reqwest")]
pub use client::ExternalMiddleware;
pub use client::{ExternalCall, ExternalFuture, ExternalLayer, ExternalOperation, ExternalService, ExternalStart};
pub use metrics::{CATALOGUE, RequestMetrics, RouteMetrics};
#[doc(hidden)]
pub use metrics::{RequestMetricsKey, RouteMetricsKey};
pub use request_id::RequestId;
pub use route::{RequestHead, Route, UNMATCHED};
pub use semconv::CONVENTIONS;
pub use server::{
    CLIENT_GONE, Deadline, HttpLayer, HttpService, HttpSettings, RequestBody, ResponseBody, ResponseFuture, Scheme,
    TimeoutFuture, TimeoutLayer, TimeoutService,
};
