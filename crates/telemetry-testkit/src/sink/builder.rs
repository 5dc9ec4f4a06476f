//! What can be chosen of a sink, and why none starts.

use std::io;
use std::sync::{Arc, Mutex};

use tonic::transport::{Certificate, Identity, ServerTlsConfig};

use super::OtlpSink;
use super::receiver::Shared;
use super::server::{Life, Settings, reserve};
use crate::TestIdentity;

/// The collector's own default limit of a message, in bytes.
const DEFAULT_MAX_MESSAGE_BYTES: usize = 4 * 1024 * 1024;

/// What an [`OtlpSink`] should be like.
#[derive(Debug, Clone)]
pub struct OtlpSinkBuilder {
    port: u16,
    tls: Option<ServerTlsConfig>,
    max_message_bytes: usize,
}

/// Why a sink does not start, or does not come back.
#[derive(Debug, thiserror::Error)]
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

impl Default for OtlpSinkBuilder {
    fn default() -> Self {
        Self { port: 0, tls: None, max_message_bytes: DEFAULT_MAX_MESSAGE_BYTES }
    }
}

impl OtlpSinkBuilder {
    /// Serves TLS with this identity ([`TestCa::server`](crate::TestCa::server)).
    #[must_use]
    pub fn tls(mut self, server: &TestIdentity) -> Self {
        self.tls = Some(ServerTlsConfig::new().identity(identity(server)));
        self
    }

    /// Serves TLS and accepts only clients with a certificate of this CA ([`TestCa::client`](crate::TestCa::client)).
    #[must_use]
    pub fn mtls(mut self, server: &TestIdentity, client_ca_pem: &str) -> Self {
        let config = ServerTlsConfig::new().identity(identity(server));
        self.tls = Some(config.client_ca_root(Certificate::from_pem(client_ca_pem)));
        self
    }

    /// Listens on this port; the default, 0, lets the system choose.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Refuses larger messages with RESOURCE_EXHAUSTED, as the collector does; default 4 MiB, decompressed.
    #[must_use]
    pub fn max_message_bytes(mut self, bytes: usize) -> Self {
        self.max_message_bytes = bytes;
        self
    }

    /// Starts the sink. It listens when this returns.
    ///
    /// # Errors
    ///
    /// When the port is taken, TLS material is unusable, or the system has no thread left.
    pub fn start(self) -> Result<OtlpSink, SinkError> {
        let (socket, port) = reserve(self.port)?;
        let settings = Settings { port, tls: self.tls };
        let shared = Arc::new(Shared::new(self.max_message_bytes));
        let mut life = Life::Reserved(socket);
        life.begin(&settings, &shared)?;
        Ok(OtlpSink { shared, settings, life: Mutex::new(life) })
    }
}

fn identity(identity: &TestIdentity) -> Identity {
    Identity::from_pem(&identity.certificate_pem, &identity.key_pem)
}
