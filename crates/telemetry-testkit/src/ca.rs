//! Certificates that are made up for one test.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};

/// A certificate authority made up for one test. Two of them do not trust each other's certificates.
///
/// ```
/// let ca = telemetry_testkit::TestCa::new();
/// assert!(ca.pem().starts_with("-----BEGIN CERTIFICATE-----"));
/// assert!(!format!("{:?}", ca.server()).contains("PRIVATE KEY"));
/// ```
#[derive(Debug)]
pub struct TestCa {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// A certificate and its private key.
#[derive(Clone)]
pub struct TestIdentity {
    /// The certificate in PEM form.
    pub certificate_pem: String,
    /// The private key in PEM form (PKCS #8).
    pub key_pem: String,
}

impl std::fmt::Debug for TestIdentity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TestIdentity").finish_non_exhaustive()
    }
}

const GENERATES: &str = "fixed parameters and a fresh key always make a certificate";

impl TestCa {
    /// A new authority with a new key.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "every call makes another authority: there is no default one")]
    pub fn new() -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "telemetry-testkit CA");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().expect(GENERATES);
        Self { issuer: CertifiedIssuer::self_signed(params, key).expect(GENERATES) }
    }

    /// The authority's own certificate in PEM form: what the other side has to trust.
    #[must_use]
    pub fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// The identity of a server on this machine: `localhost`, 127.0.0.1 and ::1.
    #[must_use]
    pub fn server(&self) -> TestIdentity {
        self.server_for(&["localhost", "127.0.0.1", "::1"])
    }

    /// The identity of a server of these names (DNS names or IP addresses).
    ///
    /// # Panics
    ///
    /// When a name is neither.
    #[must_use]
    pub fn server_for(&self, names: &[&str]) -> TestIdentity {
        self.issue("telemetry-testkit server", names, ExtendedKeyUsagePurpose::ServerAuth)
    }

    /// The identity of a client, for mutual TLS.
    #[must_use]
    pub fn client(&self) -> TestIdentity {
        self.issue("telemetry-testkit client", &[], ExtendedKeyUsagePurpose::ClientAuth)
    }

    fn issue(&self, common_name: &str, names: &[&str], usage: ExtendedKeyUsagePurpose) -> TestIdentity {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).expect("the names are DNS names or IP addresses");
        params.distinguished_name.push(DnType::CommonName, common_name);
        params.extended_key_usages = vec![usage];
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate().expect(GENERATES);
        let certificate = params.signed_by(&key, &self.issuer).expect(GENERATES);
        TestIdentity { certificate_pem: certificate.pem(), key_pem: key.serialize_pem() }
    }
}
