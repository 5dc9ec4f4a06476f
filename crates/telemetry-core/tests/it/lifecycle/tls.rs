//! TLS and mutual TLS: what connects, what does not, and that nobody falls back to plain text.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use rcgen::{CertificateParams, KeyPair};
use telemetry_core::{InitError, Telemetry, TelemetryBuilder};
use telemetry_testkit::{OtlpSink, TestCa, eventually};
use tempfile::TempDir;

use super::fixture::{SOON, towards, work};

struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary directory"))
    }

    fn put(&self, name: &str, content: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, content).expect("the directory is ours");
        path
    }
}

fn assert_delivers(what: &str, sink: &OtlpSink, builder: TelemetryBuilder) {
    let telemetry = builder.build().expect("the settings are good");
    work(&telemetry, 2);
    let report = telemetry.shutdown_within(SOON);
    assert!(report.is_complete(), "{what}: {report}");
    assert_eq!(sink.spans().len(), 2, "{what}");
}

fn assert_delivers_nothing(what: &str, sink: &OtlpSink, builder: TelemetryBuilder) {
    let telemetry = builder.build().expect("the settings are good");
    work(&telemetry, 2);
    eventually("an attempt has failed", || telemetry.flush_within(Duration::from_millis(50)).traces.error.is_some())
        .wait();
    let report = telemetry.shutdown_within(Duration::from_millis(500));
    assert_eq!((report.traces.lost, report.logs.lost), (2, 2), "{what}: {report}");
    assert!(report.traces.error.is_some(), "{what}: the report says why: {report}");
    assert_eq!(sink.counts().accepted(), 0, "{what}");
}

#[test]
fn tls_holds_the_collector_to_its_authority() {
    let (ours, theirs, files) = (TestCa::new(), TestCa::new(), Files::new());
    let our_ca = files.put("ours.pem", &ours.pem());
    let sink = |ca: &TestCa| OtlpSink::builder().tls(&ca.server()).start().expect("a port is free");

    let good = sink(&ours);
    assert_delivers("our authority", &good, towards(good.endpoint()).ca_file(&our_ca));
    let stranger = sink(&theirs);
    assert_delivers_nothing("another authority", &stranger, towards(stranger.endpoint()).ca_file(&our_ca));
    let unknown = sink(&ours);
    assert_delivers_nothing("the system's authorities", &unknown, towards(unknown.endpoint()));
    let wrong_name = OtlpSink::builder().tls(&ours.server_for(&["elsewhere.test"])).start().expect("a port is free");
    assert_delivers_nothing("another name", &wrong_name, towards(wrong_name.endpoint()).ca_file(&our_ca));
    let plain = OtlpSink::start();
    let https = plain.endpoint().replace("http://", "https://");
    assert_delivers_nothing("a collector without TLS", &plain, towards(https).ca_file(&our_ca));
}

#[test]
fn mutual_tls_shows_the_clients_certificate() {
    let (ca, other, files) = (TestCa::new(), TestCa::new(), Files::new());
    let ca_file = files.put("ca.pem", &ca.pem());
    let identity = |name: &str, ca: &TestCa| {
        let client = ca.client();
        let certificate = files.put(&format!("{name}.pem"), &client.certificate_pem);
        (certificate, files.put(&format!("{name}.key"), &client.key_pem))
    };
    let sink = || OtlpSink::builder().mtls(&ca.server(), &ca.pem()).start().expect("a port is free");
    let base = |sink: &OtlpSink| towards(sink.endpoint()).ca_file(&ca_file);

    let good = sink();
    let (certificate, key) = identity("good", &ca);
    assert_delivers("a client of the authority", &good, base(&good).client_identity_files(certificate, key));
    let anonymous = sink();
    assert_delivers_nothing("a client without a certificate", &anonymous, base(&anonymous));
    let stranger = sink();
    let (certificate, key) = identity("stranger", &other);
    let builder = base(&stranger).client_identity_files(certificate, key);
    assert_delivers_nothing("a client of another authority", &stranger, builder);
}

#[test]
fn unusable_material_is_an_error_before_anything_starts() {
    let (ca, files) = (TestCa::new(), Files::new());
    let garbage = files.put("garbage.pem", "-----BEGIN CERTIFICATE-----\nnot base64\n-----END CERTIFICATE-----\n");
    let sink = OtlpSink::builder().tls(&ca.server()).start().expect("a port is free");
    let plain = OtlpSink::start();
    let ca_file = files.put("ca.pem", &ca.pem());
    for (what, builder) in [
        ("a missing file", towards(sink.endpoint()).ca_file(files.0.path().join("nowhere.pem"))),
        ("garbage", towards(sink.endpoint()).ca_file(garbage)),
        ("http with TLS options", towards(plain.endpoint()).ca_file(ca_file)),
    ] {
        let error = builder.build().err().unwrap_or_else(|| panic!("{what} is accepted"));
        assert!(matches!(&error, InitError::Settings(error) if error.setting().contains("ca_file")), "{error}");
    }
}

/// Work until the collector has more of it than before: exports that fail meanwhile lose what they hold.
fn assert_delivers_again(what: &str, sink: &OtlpSink, telemetry: &Telemetry) {
    let before = sink.spans().len();
    sink.wait_for(SOON, what, |sink| {
        work(telemetry, 1);
        sink.spans().len() > before
    });
}

#[test]
fn certificates_that_are_replaced_are_used_without_a_restart() {
    let (old, new, files) = (TestCa::new(), TestCa::new(), Files::new());
    let put = |ca: &TestCa| {
        let client = ca.client();
        let ca_file = files.put("ca.pem", &ca.pem());
        (ca_file, files.put("client.pem", &client.certificate_pem), files.put("client.key", &client.key_pem))
    };
    let (ca_file, certificate, key) = put(&old);
    let sink = OtlpSink::builder().mtls(&old.server(), &old.pem()).start().expect("a port is free");
    let settings = towards(sink.endpoint()).ca_file(&ca_file).client_identity_files(certificate, key);
    let telemetry = settings.build().expect("the settings are good");
    assert_delivers_again("with the first certificates", &sink, &telemetry);

    let port = sink.port();
    drop(sink);
    // What a rotation looks like between two writes: the certificate is new, its key is not. All goes on as it was.
    let half = old.client();
    files.put("client.pem", &half.certificate_pem);
    let sink = OtlpSink::builder().port(port).mtls(&old.server(), &old.pem()).start().expect("the port was ours");
    assert_delivers_again("with a certificate whose key is missing", &sink, &telemetry);

    drop(sink);
    put(&new);
    let sink = OtlpSink::builder().port(port).mtls(&new.server(), &new.pem()).start().expect("the port was ours");
    assert_delivers_again("with the replaced certificates", &sink, &telemetry);
}

/// After so long the exporter has looked at its files again, with the next export.
const LOOKED_AT_AGAIN: Duration = Duration::from_millis(2_500);

const EXPIRY: &str = "telemetry_certificate_expiry_timestamp_seconds";

/// A certificate that is good until that year begins, and its key.
fn good_until(year: i32) -> (String, String) {
    let mut params = CertificateParams::default();
    params.not_after = rcgen::date_time_ymd(year, 1, 1);
    let key = KeyPair::generate().expect("a key");
    (params.self_signed(&key).expect("a certificate").pem(), key.serialize_pem())
}

#[test]
fn the_metrics_say_when_certificates_expire_and_follow_their_files() {
    let (ca, files) = (TestCa::new(), Files::new());
    // The authority's successor is there: the file is good for as long as one of them is.
    let ca_file = files.put("ca.pem", &(good_until(2031).0 + &ca.pem()));
    let put = |first: i32, second: i32| {
        let ((leaf, key), (issuer, _)) = (good_until(first), good_until(second));
        (files.put("client.pem", &(leaf + &issuer)), files.put("client.key", &key))
    };
    let (certificate, key) = put(2032, 2031);
    let sink = OtlpSink::builder().tls(&ca.server()).start().expect("a port is free");
    let builder = towards(sink.endpoint()).ca_file(&ca_file).client_identity_files(certificate, key);
    let telemetry = builder.build().expect("the settings are good");
    assert!(telemetry.flush_within(SOON).is_complete());
    let metrics = sink.metrics();
    metrics.assert_gauge(EXPIRY, &[("certificate", "client")], 1_924_992_000.0);
    metrics.assert_gauge(EXPIRY, &[("certificate", "authority")], 67_090_118_400.0);

    // A renewed certificate whose key is still the old one is not used, and what is used keeps its date.
    files.put("client.pem", &good_until(2040).0);
    let since = Instant::now();
    sink.wait_for(SOON, "that the files were looked at", |sink| {
        assert!(telemetry.flush_within(SOON).is_complete());
        sink.metrics().assert_gauge(EXPIRY, &[("certificate", "client")], 1_924_992_000.0);
        since.elapsed() > LOOKED_AT_AGAIN
    });

    put(2032, 2033);
    sink.wait_for(SOON, "the date of the certificate that took its place", |sink| {
        telemetry.flush_within(SOON).is_complete()
            && sink.metrics().value(EXPIRY, &[("certificate", "client")]) == Some(1_956_528_000.0)
    });
}

#[test]
fn the_metrics_say_nothing_of_certificates_where_none_are_read() {
    let sink = OtlpSink::start();
    let telemetry = towards(sink.endpoint()).build().expect("the settings are good");
    assert!(telemetry.shutdown_within(SOON).is_complete());
    sink.metrics().assert_absent(EXPIRY, &[]);
}
