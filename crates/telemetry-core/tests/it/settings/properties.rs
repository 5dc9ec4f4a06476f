//! Whatever is written: no panic, and what is sound comes out as it went in.

use proptest::prelude::*;
use telemetry_core::settings::{Settings, variables};

use super::resolve::resolve;

proptest! {
    // Every case goes through every variable, so that fewer are enough.
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn no_text_panics(value in "\\PC*|[ -~]{0,40}|([a-z.-]{0,5}=[^,]{0,9},?){0,5}|[0-9.eE+-]{0,30}[a-z]{0,3}") {
        for variable in variables().filter(|variable| !is_path(variable.key())) {
            let _ = resolve(&[(variable.env(), value.as_str())]);
        }
    }

}

proptest! {
    #[test]
    fn no_file_panics(yaml in "\\PC*|(( {0,4}[a-z_]{1,9}:( [a-z0-9\\[\\]{},.]{0,9})?\n){0,9})") {
        let _ = Settings::from_yaml(&yaml, "f.yaml");
    }

    #[test]
    fn headers_come_out_as_they_went_in(headers in prop::collection::btree_map("x-[a-z]{1,9}", "[!-~]([ -~]{0,9}[!-~])?", 1..5)) {
        // gRPC keeps such names for binary values.
        prop_assume!(headers.keys().all(|name| !name.ends_with("-bin")));
        let text = joined(&headers);
        let resolved = resolve(&[("OTEL_EXPORTER_OTLP_HEADERS", &text)]).expect("sound");
        let map = resolved.traces.expect("on").headers;
        prop_assert_eq!(map.len(), headers.len());
        for (name, value) in &headers {
            prop_assert_eq!(map[name.as_str()].to_str().expect("ASCII"), value);
        }
    }

    #[test]
    fn attributes_come_out_as_they_went_in(attributes in prop::collection::btree_map("[a-z][a-z.]{0,9}[a-z]", "\\PC{0,9}", 1..5)) {
        prop_assume!(!attributes.contains_key("service.name"));
        let resolved = resolve(&[("OTEL_RESOURCE_ATTRIBUTES", &joined(&attributes))]).expect("sound");
        prop_assert_eq!(resolved.resource.attributes, attributes);
    }

    #[test]
    fn milliseconds_come_out_as_they_went_in(milliseconds in 1_u64..=86_400_000) {
        let resolved = resolve(&[("OTEL_METRIC_EXPORT_INTERVAL", &milliseconds.to_string())]).expect("sound");
        prop_assert_eq!(resolved.metric_interval.as_millis(), u128::from(milliseconds));
    }
}

/// A random path could name any file of the machine.
fn is_path(key: &str) -> bool {
    ["_file", "certificate", "client_key"].iter().any(|end| key.ends_with(end))
}

fn joined(pairs: &std::collections::BTreeMap<String, String>) -> String {
    let encode = |text: &str| -> String { text.bytes().map(|byte| format!("%{byte:02x}")).collect() };
    let pairs: Vec<_> = pairs.iter().map(|(key, value)| format!("{key}={}", encode(value))).collect();
    pairs.join(",")
}
