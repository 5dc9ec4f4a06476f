//! Events with texts of anybody: each is one line of JSON, and a secret in the middle of anything is hidden.
#![no_main]

use std::io::{self, Write};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use telemetry_logs::{LogSettings, Logs, nested};
use tracing::Dispatch;
use tracing_subscriber::layer::SubscriberExt as _;

const SECRET: &str = "sk-ant-api03-Zx9Qw3Er5Ty7Ui1Op2As4Df6Gh8Jk0Lz";

/// What was written.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nobody panics with it").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn log() -> &'static (Logs, Written, Dispatch) {
    static LOG: OnceLock<(Logs, Written, Dispatch)> = OnceLock::new();
    LOG.get_or_init(|| {
        let written = Written::default();
        let settings = LogSettings { level: Some("trace".to_owned()), ..LogSettings::default() };
        let logs = Logs::builder("fuzz").settings(settings).to(written.clone()).start().expect("the settings are good");
        let dispatch = Dispatch::new(tracing_subscriber::registry().with(logs.layer()));
        (logs, written, dispatch)
    })
}

fuzz_target!(|text: &str| {
    let (logs, written, dispatch) = log();
    let around = format!("{text} {SECRET} {text}");
    tracing::dispatcher::with_default(dispatch, || {
        let span = tracing::info_span!("work", session_id = text, project_id = SECRET).entered();
        tracing::info!(text = around, debug = ?around, request_id = text, name = text, value = text, "{around}");
        let document: Option<serde_json::Value> = serde_json::from_str(text).ok();
        tracing::info!(document = %nested(&document), nested = %nested(&[(text, around.as_str())]), "nested");
        tracing::error!(error_code = text, error = around, error.details.text = text, "failed");
        drop(span);
    });
    assert!(logs.flush(Duration::from_secs(5)), "memory takes all");
    let bytes = std::mem::take(&mut *written.0.lock().expect("nobody panics with it"));
    let said = String::from_utf8(bytes).expect("lines are text");
    assert_eq!(said.lines().count(), 3, "{said}");
    for line in said.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert_eq!(line["service"], "fuzz");
    }
    assert!(!said.contains(SECRET), "{said}");
});
