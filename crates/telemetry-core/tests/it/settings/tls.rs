//! Certificates and keys from files.

use std::fs;
use std::path::PathBuf;

use telemetry_core::settings::SettingsError;

use super::resolve::resolve;

const CA: &str = "OTEL_EXPORTER_OTLP_CERTIFICATE";
const KEY: &str = "OTEL_EXPORTER_OTLP_CLIENT_KEY";
const CERTIFICATE: &str = "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE";

/// Files with a certificate, its key, and things that are neither.
struct Files {
    directory: tempfile::TempDir,
    certificate: String,
    key: String,
}

impl Files {
    fn new() -> Self {
        let issued = rcgen::generate_simple_self_signed(["collector".to_owned()]).expect("a certificate");
        Self {
            directory: tempfile::tempdir().expect("a temporary directory"),
            certificate: issued.cert.pem(),
            key: issued.signing_key.serialize_pem(),
        }
    }

    fn write(&self, name: &str, content: &str) -> String {
        let path: PathBuf = self.directory.path().join(name);
        fs::write(&path, content).expect("written");
        path.into_os_string().into_string().expect("a path of text")
    }
}

fn https(vars: &[(&'static str, &str)]) -> Result<telemetry_core::settings::ResolvedSettings, SettingsError> {
    resolve(&[&[("OTEL_EXPORTER_OTLP_ENDPOINT", "https://collector:4317")], vars].concat())
}

#[test]
fn sound_files_come_out_ready_to_use() {
    let files = Files::new();
    let (ca, key) = (files.write("ca.pem", &files.certificate), files.write("key.pem", &files.key));
    let plain = https(&[]).expect("https needs no files").traces.expect("on").tls.expect("https");
    assert_eq!((plain.ca, plain.identity), (None, None));

    let resolved = https(&[(CA, &ca), (CERTIFICATE, &ca), (KEY, &key)]).expect("sound");
    assert!(!format!("{resolved:?}").contains("PRIVATE KEY"));
    let tls = resolved.logs.expect("on").tls.expect("https");
    assert_eq!(tls.ca.as_deref(), Some(files.certificate.as_bytes()));
    let identity = tls.identity.expect("a client certificate");
    assert_eq!(identity.certificate, files.certificate.as_bytes());
    assert_eq!(identity.key.expose(), files.key.as_bytes());
    assert_eq!(format!("{:?}", identity.key), "[redacted]");
}

#[test]
fn unsound_files_are_refused_by_setting_and_path() {
    let (files, other) = (Files::new(), Files::new());
    let certificate = files.write("certificate.pem", &files.certificate);
    let key = files.write("key.pem", &files.key);
    let (foreign, empty) = (files.write("foreign.pem", &other.key), files.write("empty.pem", ""));
    let garbage = files.write("garbage.pem", "garbage");
    let not_base64 = files.write("base64.pem", "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n");
    let not_der = files.write("der.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    let not_a_key = files.write("key-der.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    let half = files.write("half.pem", &files.certificate[..files.certificate.len() / 2]);
    let missing = files.directory.path().join("missing.pem").into_os_string().into_string().expect("text");

    for bad in [&garbage, &empty, &not_base64, &not_der, &half, &missing, &key] {
        let error = https(&[(CA, bad)]).expect_err(bad);
        assert_eq!(error.setting(), CA, "{error}");
        assert!(error.to_string().contains(bad), "{error}");
    }
    for bad in [&garbage, &empty, &not_base64, &not_der, &half, &missing, &key] {
        let error = https(&[(CERTIFICATE, bad), (KEY, &key)]).expect_err(bad);
        assert_eq!(error.setting(), CERTIFICATE, "{error}");
    }
    for bad in [&garbage, &empty, &not_a_key, &missing, &certificate, &foreign] {
        let error = https(&[(CERTIFICATE, &certificate), (KEY, bad)]).expect_err(bad);
        assert_eq!(error.setting(), KEY, "{error}");
        assert!(!error.to_string().contains("PRIVATE"), "{error}");
    }
}

#[test]
fn a_client_certificate_and_its_key_come_together() {
    let files = Files::new();
    let (certificate, key) = (files.write("c.pem", &files.certificate), files.write("k.pem", &files.key));
    let error = https(&[(CERTIFICATE, &certificate)]).expect_err("no key");
    assert_eq!(error.setting(), KEY);
    assert!(error.to_string().contains("because OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE is set"), "{error}");
    let error = https(&[(KEY, &key)]).expect_err("no certificate");
    assert_eq!(error.setting(), CERTIFICATE);
}

#[test]
fn plain_text_with_tls_options_is_refused() {
    for name in [CA, KEY, CERTIFICATE] {
        let error = resolve(&[(name, "/any/file.pem")]).expect_err("the default endpoint is http");
        assert_eq!(error.setting(), name);
        assert!(error.to_string().contains("because OTEL_EXPORTER_OTLP_ENDPOINT is http://"), "{error}");
    }
    let error = https(&[
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://traces:4317"),
        ("OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE", "/any/file.pem"),
    ])
    .expect_err("that of traces is http");
    assert_eq!(error.setting(), "OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE");
}
