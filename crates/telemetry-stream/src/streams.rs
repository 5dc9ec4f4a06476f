//! The entry to this crate: what all streams share, and how one is opened.

use telemetry_core::{Global, Meter, SettingsError, SettingsGroup as _, Shared};
use tokio_util::sync::CancellationToken;

use crate::guard::StreamGuard;
use crate::inner::Inner;
use crate::metrics::{StreamKind, Transport};
use crate::settings::StreamSettings;
use crate::start::StreamStart;

/// The event streams of a process; cheap to clone.
///
/// ```
/// use telemetry_stream::Streams;
/// use telemetry_stream::labels::{StreamKind, Transport};
///
/// let mut stream = Streams::global().start(StreamKind::Workflow, Transport::Sse, "exec-17");
/// stream.event("step");
/// stream.complete();
/// ```
#[derive(Clone, Debug)]
pub struct Streams(Shared<Inner>);

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
        Self(Shared::new(Inner::new(meter, settings)))
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
    pub fn with_shutdown(self, token: CancellationToken) -> Self {
        Self(Shared::new(Inner { shutdown: token, ..Inner::clone(&self.0) }))
    }

    /// Ends all open streams, and those that are opened from now on, because the server is shutting down.
    pub fn shut_down(&self) {
        self.0.shutdown.cancel();
    }

    /// Registers a type of event: it is never folded into `_other`, whatever other types a source makes up.
    ///
    /// Its counters are exported at 0 from now on
    /// ([`registered_zeros`](telemetry_core::MeterSettings::registered_zeros)).
    ///
    /// ```
    /// use telemetry_stream::Streams;
    ///
    /// for event_type in ["run.started", "run.completed"] {
    ///     Streams::global().register(event_type);
    /// }
    /// ```
    pub fn register(&self, event_type: &str) {
        self.0.events.register(event_type);
    }

    /// Prepares a stream of that execution's events: what more is known of it, and what holds for it alone.
    pub fn stream<'a>(&'a self, kind: StreamKind, transport: Transport, execution_id: &'a str) -> StreamStart<'a> {
        StreamStart::new(&self.0, kind, transport, execution_id)
    }

    /// Opens a stream of that execution's events, of which nothing more is known:
    /// [`stream`](Self::stream)`(…).`[`start()`](StreamStart::start).
    pub fn start(&self, kind: StreamKind, transport: Transport, execution_id: &str) -> StreamGuard {
        self.stream(kind, transport, execution_id).start()
    }
}
