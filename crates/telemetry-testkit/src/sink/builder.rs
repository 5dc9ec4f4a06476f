//! How a sink is started, and what can be chosen of it.

use std::sync::{Arc, Mutex};

use tonic::transport::{Certificate, Identity, ServerTlsConfig};

use super::error::SinkError;
use super::otlp_sink::OtlpSink;
use super::receiver::Shared;
use super::server::{Life, Settings, reserve};
use crate::TestIdentity;

/// The collector's own default limit of a message, in bytes.
const DEFAULT_MAX_MESSAGE_BYTES: usize = 4 * 1024 * 1024;

impl OtlpSink {
    /// Starts a sink without TLS on a port of the system's choice.
    ///
    /// # Panics
    ///
    /// When the system has no port or thread left; [`OtlpSinkBuilder::start`] returns that as an error.
    #[must_use]
    pub fn start() -> Self {
        Self::builder().start().expect("the system has a loopback port and a thread left")
    }

    /// A sink with TLS, a fixed port or another message limit.
    #[must_use]
    pub fn builder() -> OtlpSinkBuilder {
        OtlpSinkBuilder::default()
    }
}

/// What an [`OtlpSink`] should be like.
#[derive(Debug, Clone)]
pub struct OtlpSinkBuilder {
    port: u16,
    tls: Option<ServerTlsConfig>,
    max_message_bytes: usize,
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
