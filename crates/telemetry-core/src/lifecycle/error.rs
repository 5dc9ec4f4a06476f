//! Why telemetry does not start.

use std::io;
use std::net::SocketAddr;

use crate::readable;
use crate::setting::SettingsError;

/// Why the telemetry does not start. Whatever had started by then has been stopped again.
///
/// Its `Debug` is its message, so that it is what `main` prints of it.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum InitError {
    /// A setting is not accepted.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// `init` succeeded before in this process. Its telemetry can be shut down but not replaced.
    #[error("telemetry was initialized before in this process; initialize it once, where the process starts")]
    AlreadyInitialized,
    /// Another subscriber is installed.
    #[error(
        "a global tracing subscriber is set already; call own_subscriber() on the builder before init(), and add \
         Telemetry::layer() to that subscriber, or pass its layers to the builder's with_layer()"
    )]
    SubscriberSet,
    /// A meter was installed by hand.
    #[error("a global meter is installed already; leave Meter::install_global to init(), or use build() instead")]
    MeterInstalled,
    /// The system has no thread or no file descriptors left for the exporter.
    #[error("cannot start the exporter's thread: {0}")]
    Thread(#[source] io::Error),
    /// The handlers of SIGINT and SIGTERM cannot be set up.
    #[cfg(all(feature = "signals", unix))]
    #[error("cannot handle SIGINT and SIGTERM: {0}")]
    Signals(#[source] io::Error),
    /// The TLS material of an endpoint is unusable.
    #[error("cannot set up TLS for {}: {}", readable(endpoint), readable(reason))]
    Tls {
        /// The endpoint.
        endpoint: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The pull endpoint's address is taken, not this machine's, or not permitted.
    #[error("cannot serve metrics on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The reader behind the pull endpoint could not be built.
    #[cfg(feature = "prometheus")]
    #[error(transparent)]
    Reader(crate::ScrapeError),
}

crate::debug_as_display!(InitError);
