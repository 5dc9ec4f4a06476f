//! A machine without certificates, such as a container made of one program: those that the application brings suffice.
//! The test starts this binary again where the system has none.

use std::process::Command;
use std::time::Duration;

use telemetry_core::Telemetry;
use telemetry_health::{HealthCheck as _, HttpCheck, Verdict};
use telemetry_testkit::{OtlpSink, TestCa};

const WITHOUT: &str = "OWN_TRUST_WITHOUT_CERTIFICATES";

#[test]
fn own_certificates_suffice_where_the_system_has_none() {
    if std::env::var_os(WITHOUT).is_some() {
        return;
    }
    let status = Command::new(std::env::current_exe().expect("the test runs"))
        .args(["without_certificates", "--exact", "--nocapture"])
        .env(WITHOUT, "1")
        .env("SSL_CERT_FILE", "/nonexistent/certificates.pem")
        .env("SSL_CERT_DIR", "/nonexistent")
        .status()
        .expect("the test's own binary starts");
    assert!(status.success(), "{status}");
}

/// Does nothing unless the test above started it.
#[test]
fn without_certificates() {
    if std::env::var_os(WITHOUT).is_none() {
        return;
    }
    let ca = TestCa::new();
    let directory = tempfile::tempdir().unwrap();
    let ca_file = directory.path().join("ca.pem");
    std::fs::write(&ca_file, ca.pem()).unwrap();

    let sink = OtlpSink::builder().tls(&ca.server()).start().unwrap();
    let telemetry = Telemetry::builder("own-trust").endpoint(sink.endpoint()).ca_file(&ca_file).build().unwrap();
    let report = telemetry.shutdown_within(Duration::from_secs(20));
    assert!(report.is_complete(), "{report}");

    let address = "https://localhost:1/";
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let asked = |check: HttpCheck| runtime.block_on(check.check());
    let trusting_nobody = asked(HttpCheck::new(address).unwrap());
    assert_eq!(trusting_nobody, Verdict::unhealthy("the system has no certificates to trust; name some with `trust`"));
    let trusting_ours = asked(HttpCheck::new(address).unwrap().trust(ca.pem()).unwrap());
    assert_eq!(trusting_ours, Verdict::unhealthy("the connection was refused"));
}
