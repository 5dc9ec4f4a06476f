//! A file of settings: it is read or refused, in words that move no cursor.
#![no_main]

use libfuzzer_sys::fuzz_target;
use telemetry_core::Telemetry;
use telemetry_core::settings::Settings;

fuzz_target!(|text: &str| {
    if let Err(error) = Settings::from_yaml(text, "fuzzed.yaml") {
        let said = error.to_string();
        assert!(!said.chars().any(|c| c.is_control() || "\u{202e}\u{2028}".contains(c)), "{said:?}");
    }
    let vars = ["OTEL_RESOURCE_ATTRIBUTES", "OTEL_EXPORTER_OTLP_HEADERS", "TELEMETRY_LOG_LEVEL"];
    let _ = Telemetry::builder("fuzzed").from_vars(vars.map(|name| (name, text))).resolve();
});
