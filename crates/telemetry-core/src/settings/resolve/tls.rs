//! Certificates and keys, read from their files and found to fit.

use std::path::{Path, PathBuf};

use rustls::RootCertStore;
use rustls::crypto::ring;
use rustls::pki_types::pem::{Error as PemError, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;

use crate::read_regular;
use crate::settings::declared::Secret;

/// How a connection is secured, ready to use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientTls {
    /// Certificates, as PEM, that the collector's has to descend from; `None` means those of the system.
    pub ca: Option<Vec<u8>>,
    /// What we show the collector, if it asks.
    pub identity: Option<ClientIdentity>,
    /// Where all this was read, and is read again.
    pub files: ClientTlsFiles,
}

/// The files that secure a connection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClientTlsFiles {
    /// Of the certificates that the collector's has to descend from.
    pub ca: Option<PathBuf>,
    /// Of the client's certificate chain.
    pub certificate: Option<PathBuf>,
    /// Of its private key.
    pub key: Option<PathBuf>,
}

impl ClientTls {
    /// The same files as they are now. An error names the file; it says nothing of its content.
    pub(crate) fn read_again(&self) -> Result<Self, String> {
        let ClientTlsFiles { ca, certificate, key } = &self.files;
        let at = |path: &Path, reason: String| format!("{}: {reason}", path.display());
        let ca = ca.as_deref().map(|path| authorities(path).map_err(|reason| at(path, reason))).transpose()?;
        let identity = match (certificate, key) {
            (Some(certificate), Some(key)) => {
                let chain = chain(certificate).map_err(|reason| at(certificate, reason))?;
                let secret = key_of(key, &chain).map_err(|reason| at(key, reason))?;
                Some(ClientIdentity { certificate: chain, key: secret })
            }
            _ => None,
        };
        Ok(Self { ca, identity, files: self.files.clone() })
    }
}

/// A client certificate and its private key, found to belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientIdentity {
    /// The certificate, as PEM, followed by those that vouch for it.
    pub certificate: Vec<u8>,
    /// The private key, as PEM.
    pub key: Secret,
}

/// A file of certificates to trust, each of which parses.
pub(super) fn authorities(path: &Path) -> Result<Vec<u8>, String> {
    let pem = read(path)?;
    let mut roots = RootCertStore::empty();
    for certificate in certificates(&pem)? {
        roots.add(certificate).map_err(unusable)?;
    }
    Ok(pem)
}

/// A file with a certificate chain.
pub(super) fn chain(path: &Path) -> Result<Vec<u8>, String> {
    let pem = read(path)?;
    for certificate in &certificates(&pem)? {
        ParsedCertificate::try_from(certificate).map_err(unusable)?;
    }
    Ok(pem)
}

/// A file with the private key of a certificate chain that was read before.
pub(super) fn key_of(path: &Path, chain: &[u8]) -> Result<Secret, String> {
    let pem = read(path)?;
    let key = PrivateKeyDer::from_pem_slice(&pem).map_err(|error| lacks("private key", &error))?;
    // The error of a key that cannot be used describes the key, not its content.
    CertifiedKey::from_der(certificates(chain)?, key, &ring::default_provider())
        .map_err(|error| format!("its private key cannot be used with the client certificate: {error}"))?;
    Ok(Secret::new(pem))
}

/// The most bytes of a file of certificates or a key: the bundle of a system has a quarter of a megabyte.
const LARGEST: u64 = 4 * 1024 * 1024;

fn read(path: &Path) -> Result<Vec<u8>, String> {
    read_regular(path, LARGEST).map_err(|error| error.to_string())
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match certificates {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) => Err(lacks("certificate", &PemError::NoItemsFound)),
        Err(error) => Err(lacks("certificate", &error)),
    }
}

fn unusable(error: rustls::Error) -> String {
    format!("it holds a certificate that cannot be used: {error}")
}

fn lacks(what: &str, error: &PemError) -> String {
    match error {
        PemError::NoItemsFound => format!("it holds no {what} in PEM form"),
        _ => format!("it holds no {what} in sound PEM form"),
    }
}
