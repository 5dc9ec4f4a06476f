//! When certificates expire.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::tls::ClientTls;

/// When the certificates that secure a connection expire, in seconds since the Unix epoch; `None` where there are none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CertificateExpiry {
    /// When the client's chain breaks: the first of its certificates to expire.
    pub client: Option<i64>,
    /// When no certificate is left that vouches for the collector: the last of its file to expire. Of two authorities, the
    /// former is there for as long as its successor takes over.
    pub authority: Option<i64>,
}

impl ClientTls {
    /// When its certificates expire. Those of the system are not looked at.
    #[must_use]
    pub fn expiry(&self) -> CertificateExpiry {
        let chain = self.identity.as_ref().map(|identity| &*identity.certificate);
        CertificateExpiry {
            client: chain.and_then(|pem| ends(pem).min()),
            authority: self.ca.as_deref().and_then(|pem| ends(pem).max()),
        }
    }
}

/// When each certificate expires. One that this reader does not take, and TLS does, says nothing.
fn ends(pem: &[u8]) -> impl Iterator<Item = i64> {
    CertificateDer::pem_slice_iter(pem).filter_map(|certificate| {
        let certificate = certificate.ok()?;
        let (_, parsed) = x509_parser::parse_x509_certificate(&certificate).ok()?;
        Some(parsed.validity().not_after.timestamp())
    })
}
