//! What an HTTP request costs through the layer, beside the bare service and tower-http's trace layer.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use http_body_util::{Empty, Full};
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Sampler as SdkSampler, SdkTracerProvider, Span, SpanData, SpanProcessor};
use telemetry_core::propagation::PropagatorSet;
use telemetry_core::trace::{LOGS_ONLY, Sampling, scoped};
use telemetry_http::{HttpLayer, HttpSettings, Route};
use tower_http::trace::{DefaultMakeSpan, TraceLayer};
use tower_layer::Layer as _;
use tower_service::Service;
use tracing::level_filters::LevelFilter;
use tracing::{Dispatch, Level};
use tracing_subscriber::Registry;
use tracing_subscriber::filter::{FilterExt as _, filter_fn};
use tracing_subscriber::layer::{Layer as _, SubscriberExt};

use crate::candidates::ours;
use crate::interleave::Candidate;

/// What is left without any layer.
pub(crate) const BARE: &str = "the bare service";

/// The layer, its span sampled out.
pub(crate) const UNSAMPLED: &str = "telemetry-http, span sampled out";

/// The layer with its span.
pub(crate) const SAMPLED: &str = "telemetry-http, with its span";

/// Another layer with its span.
pub(crate) const PEER: &str = "tower-http's TraceLayer, with its span";

/// Both again at the level `info`, where neither writes events of a request that went well. The peer's span then has
/// three attributes and says nothing of the response; ours is whole. No limit is set on that.
const SAMPLED_INFO: &str = "telemetry-http, span at info";
const PEER_INFO: &str = "tower-http's TraceLayer, span at info";

/// Answers at once.
#[derive(Clone)]
struct Hello;

impl<B> Service<Request<B>> for Hello {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        drop(request);
        ready(Ok(Response::new(Full::new(Bytes::from_static(b"hello")))))
    }
}

/// All of them on the same requests.
pub(crate) fn candidates() -> Vec<Candidate> {
    // The peer's default level for its span and its events is `debug`.
    let off = subscriber(SdkSampler::AlwaysOff, LevelFilter::DEBUG);
    let on = subscriber(SdkSampler::AlwaysOn, LevelFilter::DEBUG);
    let info = subscriber(SdkSampler::AlwaysOn, LevelFilter::INFO);
    let within = |subscriber: &Dispatch, sampling| {
        let subscriber = subscriber.clone();
        move |run: &mut dyn FnMut()| {
            let _sampling = scoped(sampling);
            tracing::dispatcher::with_default(&subscriber, run);
        }
    };
    let settings = HttpSettings { propagators: Some(PropagatorSet::ALL), ..HttpSettings::default() };
    let layer = HttpLayer::with_settings(&ours::meter(), settings).expect("the settings are accepted");
    let ours = layer.routes(|_| Some(Route::from_static("/users/{id}"))).layer(Hello);
    let (sampled, sampled_info) = (ours.clone(), ours.clone());
    let peer = TraceLayer::new_for_http().layer(Hello);
    let info_span = DefaultMakeSpan::new().level(Level::INFO);
    let peer_info = TraceLayer::new_for_http().make_span_with(info_span).layer(Hello);
    vec![
        Candidate::new(BARE, |_| exchange(Hello)),
        Candidate::around(UNSAMPLED, within(&off, Sampling::AlwaysOff), move |_| exchange(ours.clone())),
        Candidate::around(SAMPLED, within(&on, Sampling::AlwaysOn), move |_| exchange(sampled.clone())),
        Candidate::around(PEER, within(&on, Sampling::AlwaysOn), move |_| exchange(peer.clone())),
        Candidate::around(SAMPLED_INFO, within(&info, Sampling::AlwaysOn), move |_| exchange(sampled_info.clone())),
        Candidate::around(PEER_INFO, within(&info, Sampling::AlwaysOn), move |_| exchange(peer_info.clone())),
    ]
}

/// The bridge as `Telemetry` installs it, with a tracer that keeps nothing of the spans that it builds.
fn subscriber(sampler: SdkSampler, level: LevelFilter) -> Dispatch {
    let provider = SdkTracerProvider::builder().with_sampler(sampler).with_span_processor(Forget).build();
    let bridge = tracing_opentelemetry::layer()
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_tracer(provider.tracer("bench"))
        .with_filter(level.and(filter_fn(|metadata| metadata.target() != LOGS_ONLY)));
    Dispatch::new(Registry::default().with(bridge))
}

#[derive(Debug)]
struct Forget;

impl SpanProcessor for Forget {
    fn on_start(&self, _: &mut Span, _: &opentelemetry::Context) {}

    fn on_end(&self, _: SpanData) {}

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}

/// Sends a request and reads the response to its end.
fn exchange<S, B>(mut service: S)
where
    S: Service<Request<Empty<Bytes>>, Response = Response<B>, Error: std::fmt::Debug>,
    B: Body,
{
    let mut request = Request::new(Empty::new());
    *request.uri_mut() = http::Uri::from_static("/users/7");
    request.headers_mut().insert("host", http::HeaderValue::from_static("localhost:8080"));
    request.headers_mut().insert("user-agent", http::HeaderValue::from_static("bench/1"));
    let mut cx = Context::from_waker(Waker::noop());
    let Poll::Ready(response) = pin!(service.call(request)).poll(&mut cx) else { return };
    let Ok(response) = response else { return };
    let mut body = pin!(response.into_body());
    while let Poll::Ready(Some(frame)) = Pin::as_mut(&mut body).poll_frame(&mut cx) {
        drop(std::hint::black_box(frame));
    }
}
