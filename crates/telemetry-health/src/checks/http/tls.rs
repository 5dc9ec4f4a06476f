//! Which certificates an endpoint may show.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use super::error::HttpCheckError;

/// Trusts what the system does, if it trusts anybody.
pub(super) fn trusting_the_system() -> Result<Option<Arc<ClientConfig>>, HttpCheckError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() { Ok(None) } else { configure(roots).map(Some) }
}

/// Trusts these certificates, in PEM.
pub(super) fn trusting(pem: &[u8]) -> Result<Arc<ClientConfig>, HttpCheckError> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|_| refuse("they are not PEM"))?;
        roots.add(certificate).map_err(|_| refuse("one of them is no certificate of an authority"))?;
    }
    if roots.is_empty() {
        return Err(refuse("there is none in the PEM"));
    }
    configure(roots)
}

fn configure(roots: RootCertStore) -> Result<Arc<ClientConfig>, HttpCheckError> {
    // Named, because the application may have another provider for itself.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| refuse(&error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

fn refuse(reason: &str) -> HttpCheckError {
    HttpCheckError::Certificates { reason: reason.to_owned() }
}
