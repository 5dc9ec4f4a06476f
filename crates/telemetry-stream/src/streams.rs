//! The entry to this crate: what all streams share, and how one is opened.

use std::time::Duration;

use opentelemetry::Context;
use opentelemetry::trace::TraceContextExt as _;
use telemetry_core::propagation::{Carrier, current, extract};
use telemetry_core::{Family, Global, Meter, SettingsError, SettingsGroup as _};
use tokio_util::sync::CancellationToken;

use crate::guard::StreamGuard;
use crate::metrics::{EventMetrics, StreamKind, StreamMetrics, Transport};
use crate::settings::StreamSettings;

/// The event streams of a process; cheap to clone.
///
/// ```
/// use telemetry_stream::{StreamKind, Streams, Transport};
///
/// let mut stream = Streams::global().open(StreamKind::Workflow, Transport::Sse, "exec-17").id("nightly-report").start();
/// stream.event("step");
/// stream.complete();
/// ```
#[derive(Clone, Debug)]
pub struct Streams {
    metrics: Family<StreamMetrics>,
    events: Family<EventMetrics>,
    settings: StreamSettings,
    shutdown: CancellationToken,
}

impl Streams {
    /// Streams recorded by this meter, with the settings that it carries.
    #[must_use]
    pub fn new(meter: &Meter) -> Self {
        Self::build(meter, meter.settings_of())
    }

    /// Streams recorded by this meter.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] when a setting is out of its range.
    pub fn with_settings(meter: &Meter, settings: StreamSettings) -> Result<Self, SettingsError> {
        settings.validate()?;
        Ok(Self::build(meter, settings))
    }

    /// Streams recorded by the process's meter, with the settings that it carries; before it is installed nothing is
    /// recorded, and the settings are the defaults.
    #[must_use]
    pub fn global() -> &'static Self {
        static GLOBAL: Global<Streams> = Global::new();
        GLOBAL.get(Self::new)
    }

    fn build(meter: &Meter, settings: StreamSettings) -> Self {
        let (metrics, events) = (Family::new(meter), Family::new(meter));
        Self { metrics, events, settings, shutdown: CancellationToken::new() }
    }

    /// The same streams, which end when that token is cancelled: for an application that has one for all it does.
    ///
    /// ```
    /// use telemetry_stream::Streams;
    /// use tokio_util::sync::CancellationToken;
    ///
    /// # #[cfg(feature = "axum")]
    /// # async fn serve(router: axum::Router, listener: tokio::net::TcpListener) -> std::io::Result<()> {
    /// let stop = CancellationToken::new();
    /// let streams = Streams::global().clone().with_shutdown(stop.clone());
    /// // axum waits for its connections, which end because their streams do.
    /// axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await
    /// # }
    /// ```
    #[must_use]
    pub fn with_shutdown(mut self, token: CancellationToken) -> Self {
        self.shutdown = token;
        self
    }

    /// Ends all open streams, and those that are opened from now on, because the server is shutting down.
    pub fn shut_down(&self) {
        self.shutdown.cancel();
    }

    /// Prepares a stream about to be opened, of that execution's events.
    pub fn open<'a>(&'a self, kind: StreamKind, transport: Transport, execution_id: &'a str) -> StreamStart<'a> {
        StreamStart {
            streams: self,
            kind,
            transport,
            execution_id,
            id: None,
            parent: None,
            idle_timeout: self.settings.idle_timeout,
            shutdown: None,
        }
    }

    pub(crate) fn metrics(&self) -> &Family<StreamMetrics> {
        &self.metrics
    }

    pub(crate) fn events(&self) -> &Family<EventMetrics> {
        &self.events
    }

    pub(crate) fn event_span_ratio(&self) -> f64 {
        self.settings.event_span_ratio
    }

    pub(crate) fn shutdown(&self) -> &CancellationToken {
        &self.shutdown
    }
}

/// A stream about to be opened. [`start`](Self::start) opens it.
#[derive(Debug, Clone)]
#[must_use = "a stream opens with `start`"]
pub struct StreamStart<'a> {
    pub(crate) streams: &'a Streams,
    pub(crate) kind: StreamKind,
    pub(crate) transport: Transport,
    pub(crate) execution_id: &'a str,
    pub(crate) id: Option<&'a str>,
    parent: Option<Context>,
    pub(crate) idle_timeout: Option<Duration>,
    pub(crate) shutdown: Option<CancellationToken>,
}

impl<'a> StreamStart<'a> {
    /// The workflow, agent, task or session that is executed, for span and logs.
    pub fn id(self, id: &'a str) -> Self {
        Self { id: Some(id), ..self }
    }

    /// Lets the connection's span continue the trace of the client's request, where no span of the request is active.
    pub fn headers(self, headers: &(impl Carrier + ?Sized)) -> Self {
        let parent = Some(extract(headers)).filter(Context::has_active_span);
        Self { parent, ..self }
    }

    /// How long this stream may wait for its next event, if not as the settings say; none is as long as it takes.
    pub fn idle_timeout(self, timeout: impl Into<Option<Duration>>) -> Self {
        Self { idle_timeout: timeout.into(), ..self }
    }

    /// Ends this stream when that token is cancelled, in place of the token of all streams.
    pub fn shutdown(self, token: CancellationToken) -> Self {
        Self { shutdown: Some(token), ..self }
    }

    /// Opens the stream: its clock, its span `stream.connection`, its log event.
    pub fn start(self) -> StreamGuard {
        let is_within_request = current().has_active_span();
        let _attached = self.parent.clone().filter(|_| !is_within_request).map(Context::attach);
        StreamGuard::open(&self)
    }
}
