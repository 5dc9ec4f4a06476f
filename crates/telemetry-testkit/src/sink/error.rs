//! Why a sink does not start, or does not come back.

use std::io;

/// Why a sink does not start, or does not come back.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum SinkError {
    /// The port is taken, or the system has none left.
    #[error("cannot listen on 127.0.0.1:{port}: {source}")]
    Listen {
        /// The port asked for; 0 lets the system choose.
        port: u16,
        /// What the system said.
        source: io::Error,
    },
    /// No thread or no runtime for the sink.
    #[error("cannot start the sink's thread: {0}")]
    Thread(io::Error),
    /// The identity or the client CA is no PEM of the right kind.
    #[error("the sink's TLS identity or client CA is unusable: {0}")]
    Tls(tonic::transport::Error),
}

telemetry_core::debug_as_display!(SinkError);
