//! Settings: what is accepted, and as what they are written.

use std::time::Duration;

use serde_json::json;
use telemetry_core::Meter;
use telemetry_stream::{StreamSettings, Streams};

#[test]
fn settings_are_read_and_written_as_text() {
    let settings: StreamSettings =
        serde_json::from_value(json!({ "event_span_ratio": 0.25, "idle_timeout": "5m 30s" })).expect("sound settings");
    assert_eq!(settings, StreamSettings { event_span_ratio: 0.25, idle_timeout: Some(Duration::from_secs(330)) });
    let written = serde_json::to_value(&settings).expect("settings are data");
    assert_eq!(written, json!({ "event_span_ratio": 0.25, "idle_timeout": "5m 30s" }));
    let nothing: StreamSettings = serde_json::from_value(json!({})).expect("all settings have defaults");
    assert_eq!(nothing, StreamSettings::default());
    assert_eq!(nothing, StreamSettings { event_span_ratio: 0.0, idle_timeout: None });
}

#[test]
fn what_cannot_be_is_refused_with_what_is_accepted() {
    let ratio = |event_span_ratio| StreamSettings { event_span_ratio, ..StreamSettings::default() };
    let idle = |nanos| StreamSettings { idle_timeout: Some(Duration::from_nanos(nanos)), ..StreamSettings::default() };
    for (settings, expected) in [
        (ratio(1.5), "event_span_ratio = 1.5 is not accepted: a number from 0 to 1"),
        (ratio(-0.1), "event_span_ratio = -0.1 is not accepted: a number from 0 to 1"),
        (ratio(f64::NAN), "event_span_ratio = NaN is not accepted: a number from 0 to 1"),
        (idle(0), "idle_timeout = 0ns is not accepted: at least 1ms"),
        (idle(999_999), "idle_timeout = 999.999µs is not accepted: at least 1ms"),
    ] {
        let refused = Streams::with_settings(&Meter::noop(), settings).expect_err(expected);
        assert_eq!(refused.to_string(), expected);
    }
    for settings in [ratio(0.0), ratio(1.0), idle(1_000_000)] {
        assert!(Streams::with_settings(&Meter::noop(), settings.clone()).is_ok(), "{settings:?}");
    }
    for text in [json!({ "idle_timeout": "soon" }), json!({ "idle_timeout": 5 }), json!({ "buckets": [] })] {
        assert!(serde_json::from_value::<StreamSettings>(text.clone()).is_err(), "{text}");
    }
}
