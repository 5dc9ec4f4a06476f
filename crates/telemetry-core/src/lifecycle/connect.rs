//! From checked settings to the connections of the exporters: endpoints, TLS, keep-alive.

use std::error::Error;
use std::fmt::Write as _;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::Uri;
use hyper::rt::Executor;
use tokio::runtime::Handle;
use tonic::transport::{Certificate, ClientTlsConfig, Endpoint, Identity};
use tracing::Dispatch;

use super::certificates::Certificates;
use super::error::InitError;
use crate::export::{EndpointSource, SharedChannel, WithDispatch};
use crate::settings::{ClientTls, ClientTlsFiles, ResolvedOtlp};

/// After how long without traffic the system asks whether the collector's machine is still there.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// The name in the `user-agent` of each request.
const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

/// One connection for each endpoint: signals that go to the same place in the same way share it.
#[derive(Default)]
pub(super) struct Connections {
    by_place: Vec<(Place, Arc<SharedChannel>)>,
    /// When what secures them expires.
    pub(super) certificates: Arc<Certificates>,
}

#[derive(PartialEq)]
struct Place {
    endpoint: Uri,
    tls: Option<ClientTls>,
    connect_timeout: Duration,
}

impl Connections {
    /// The connection for these settings. It connects when it is first used.
    pub(super) fn get(&mut self, otlp: &ResolvedOtlp, runtime: &Handle) -> Result<Arc<SharedChannel>, InitError> {
        let place =
            Place { endpoint: otlp.endpoint.clone(), tls: otlp.tls.clone(), connect_timeout: otlp.connect_timeout };
        if let Some((_, channel)) = self.by_place.iter().find(|(known, _)| *known == place) {
            return Ok(Arc::clone(channel));
        }
        let endpoint = endpoint(&place)?;
        let _connections_are_driven_there = runtime.enter();
        let channel = Arc::new(SharedChannel::new(endpoint, self.source(&place)));
        self.by_place.push((place, Arc::clone(&channel)));
        Ok(channel)
    }

    /// Certificates and keys are replaced while the process runs, often every few days.
    fn source(&self, place: &Place) -> Option<EndpointSource> {
        let tls = place.tls.as_ref().filter(|tls| tls.files != ClientTlsFiles::default())?;
        let certificates = Arc::clone(&self.certificates);
        let known_as = certificates.add(tls);
        let used = Mutex::new(Place { tls: Some(tls.clone()), endpoint: place.endpoint.clone(), ..*place });
        Some(Box::new(move || {
            let mut used = used.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(tls) = &used.tls else { return Ok(None) };
            let now = tls.read_again()?;
            if now == *tls {
                return Ok(None);
            }
            let changed = Place { tls: Some(now), endpoint: used.endpoint.clone(), ..*used };
            let endpoint = endpoint(&changed).map_err(|error| error.to_string())?;
            if let Some(now) = &changed.tls {
                certificates.replace(known_as, now);
            }
            *used = changed;
            Ok(Some(endpoint))
        }))
    }
}

fn endpoint(place: &Place) -> Result<Endpoint, InitError> {
    let endpoint = Endpoint::from(place.endpoint.clone())
        .connect_timeout(place.connect_timeout)
        .tcp_keepalive(Some(KEEP_ALIVE))
        .executor(Quietly)
        .user_agent(USER_AGENT)
        .expect("a crate's name and version are visible ASCII");
    let Some(tls) = &place.tls else { return Ok(endpoint) };
    endpoint
        .tls_config(tls_config(tls).timeout(place.connect_timeout))
        .map_err(|error| InitError::Tls { endpoint: place.endpoint.to_string(), reason: with_causes(&error) })
}

/// Drives connections where no subscriber hears what their transport says: it is of no use to the application, and
/// must not become what the connection carries.
struct Quietly;

impl Executor<Pin<Box<dyn Future<Output = ()> + Send>>> for Quietly {
    fn execute(&self, connection: Pin<Box<dyn Future<Output = ()> + Send>>) {
        tokio::spawn(WithDispatch::new(Dispatch::none(), connection));
    }
}

fn tls_config(tls: &ClientTls) -> ClientTlsConfig {
    let config = match &tls.ca {
        Some(pem) => ClientTlsConfig::new().ca_certificate(Certificate::from_pem(pem)),
        None => ClientTlsConfig::new().with_enabled_roots(),
    };
    match &tls.identity {
        Some(identity) => config.identity(Identity::from_pem(&identity.certificate, identity.key.expose())),
        None => config,
    }
}

fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let _ = write!(text, ": {error}");
        cause = error.source();
    }
    text
}
