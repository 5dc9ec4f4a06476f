//! Files that are none, where settings name a file: a pipe that nobody writes to, a device without an end, a folder, and more
//! than any such file has.
#![cfg(unix)]

use std::path::Path;

use rustix::fs::{CWD, FileType, Mode, mknodat};
use telemetry_core::settings::{Settings, SettingsError};

use super::resolve::resolve;

/// A setting that names a file, and the variables beside it.
type Named = fn(&str) -> Result<(), SettingsError>;

#[test]
fn only_a_regular_file_of_a_sound_size_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).into_os_string().into_string().unwrap();
    mknodat(CWD, Path::new(&path("pipe")), FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    std::os::unix::fs::symlink(path("pipe"), path("link")).unwrap();
    let large = std::fs::File::create(path("large")).unwrap();
    large.set_len(16 * 1024 * 1024).unwrap();

    let named: [(&str, Named); 5] = [
        ("config_file", |path| Settings::from_file(path).map(drop)),
        ("TELEMETRY_CONFIG_FILE", |path| resolve(&[("TELEMETRY_CONFIG_FILE", path)]).map(drop)),
        ("TELEMETRY_PROMETHEUS_TOKEN_FILE", |path| {
            resolve(&[("TELEMETRY_PROMETHEUS_EMBEDDED", "true"), ("TELEMETRY_PROMETHEUS_TOKEN_FILE", path)]).map(drop)
        }),
        ("OTEL_EXPORTER_OTLP_CERTIFICATE", |path| {
            let https = ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://collector:4317");
            resolve(&[https, ("OTEL_EXPORTER_OTLP_CERTIFICATE", path)]).map(drop)
        }),
        ("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", |path| {
            let https = ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://collector:4317");
            let key = ("OTEL_EXPORTER_OTLP_CLIENT_KEY", path);
            resolve(&[https, key, ("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", path)]).map(drop)
        }),
    ];
    let folder_itself = folder.path().to_str().unwrap().to_owned();
    for (setting, read) in named {
        if cfg!(not(feature = "prometheus")) && setting.contains("PROMETHEUS") {
            continue;
        }
        for (file, reason) in [
            (path("pipe"), "it is a FIFO"),
            (path("link"), "it is a FIFO"),
            ("/dev/zero".to_owned(), "a device"),
            (folder_itself.clone(), "a directory"),
            (path("large"), "larger than"),
        ] {
            let error = read(&file).expect_err("it is no sound file").to_string();
            assert!(error.starts_with(&format!("{setting}: {file}: ")), "{error}");
            assert!(error.contains(reason), "{setting}, {file}: {error}");
        }
    }
}

#[test]
fn what_is_quoted_of_settings_moves_no_cursor() {
    let errors = [
        resolve(&[("TELEMETRY_LOG_LEVEL", "\u{1b}[31mloud\u{202e}\u{2028}")]).map(drop).unwrap_err(),
        resolve(&[("TELEMETRY_NO\u{202e}SUCH", "1")]).map(drop).unwrap_err(),
        Settings::from_yaml("\"logs\\u202e\\u001b[2J\": 1\n", "a.yaml").unwrap_err(),
        Settings::from_file("/nowhere/\u{1b}]0;title\u{7}/\u{2066}").unwrap_err(),
    ];
    for error in errors {
        for said in [error.to_string(), format!("{error:?}")] {
            assert!(!said.chars().any(|c| c.is_control() || "\u{202e}\u{2028}\u{2066}".contains(c)), "{said:?}");
            assert!(said.contains("\\u{"), "{said}");
        }
    }
}
