//! Settings: where they come from, and what is accepted.

use std::collections::BTreeSet;
use std::time::Duration;

use telemetry_core::{Meter, Telemetry};
use telemetry_stream::labels::StreamKind;
use telemetry_stream::{StreamSettings, Streams};
use telemetry_testkit::TestTelemetry;

#[test]
fn the_meter_carries_what_builder_and_environment_say() {
    let telemetry = Telemetry::builder("shop")
        .from_vars([
            ("TELEMETRY_STREAM_EVENT_SPAN_RATIO", "0.25"),
            ("TELEMETRY_STREAM_IDLE_TIMEOUT", "5m 30s"),
            ("TELEMETRY_STREAM_CLOSE_TIMEOUT", "3s"),
            ("TELEMETRY_STREAM_PING_INTERVAL", "0s"),
            ("TELEMETRY_STREAM_WAITS_FOR_PEOPLE", "agent,session"),
        ])
        .domain(|stream: &mut StreamSettings| stream.event_span_ratio = 0.5)
        .build()
        .expect("sound settings");
    let settings: StreamSettings = telemetry.meter().settings_of();
    let expected = StreamSettings {
        event_span_ratio: 0.5,
        idle_timeout: Some(Duration::from_secs(330)),
        close_timeout: Duration::from_secs(3),
        ping_interval: Duration::ZERO,
        waits_for_people: BTreeSet::from([StreamKind::Agent, StreamKind::Session]),
    };
    assert_eq!(settings, expected);
    let defaults = StreamSettings {
        event_span_ratio: 0.0,
        idle_timeout: None,
        close_timeout: Duration::from_secs(1),
        ping_interval: Duration::from_secs(30),
        waits_for_people: BTreeSet::from([StreamKind::Session]),
    };
    assert_eq!(StreamSettings::default(), defaults);
}

#[test]
fn which_kinds_wait_for_people_is_measured() {
    let telemetry = TestTelemetry::entered();
    let waits_for_people = BTreeSet::from([StreamKind::Agent]);
    let settings = StreamSettings { waits_for_people, ..StreamSettings::default() };
    let _streams = Streams::with_settings(telemetry.meter(), settings).expect("sound settings");
    for (kind, waits) in [("workflow", 0.0), ("agent", 1.0), ("task", 0.0), ("session", 0.0)] {
        telemetry.metrics().assert_gauge("stream_waits_for_people", &[("kind", kind)], waits);
    }
}

#[test]
fn what_cannot_be_is_refused_with_what_is_accepted() {
    let ratio = |event_span_ratio| StreamSettings { event_span_ratio, ..StreamSettings::default() };
    let idle = |nanos| StreamSettings { idle_timeout: Some(Duration::from_nanos(nanos)), ..StreamSettings::default() };
    let close = |millis| StreamSettings { close_timeout: Duration::from_millis(millis), ..StreamSettings::default() };
    let refused = |key: &str, value: &str, accepted: &str| {
        format!("stream.{key}: {value} is not accepted; accepted is {accepted}")
    };
    let (share, time) = ("a number from 0 to 1", "a duration of at least 1 ms");
    for (settings, expected) in [
        (ratio(1.5), refused("event_span_ratio", "1.5", share)),
        (ratio(-0.1), refused("event_span_ratio", "-0.1", share)),
        (ratio(f64::NAN), refused("event_span_ratio", "NaN", share)),
        (idle(0), refused("idle_timeout", "0 s", time)),
        (idle(999_999), refused("idle_timeout", "999999 ns", time)),
    ] {
        let error = Streams::with_settings(&Meter::noop(), settings).expect_err(&expected);
        assert_eq!(error.to_string(), expected);
    }
    for settings in [close(0), close(60_001)] {
        let error = Streams::with_settings(&Meter::noop(), settings.clone()).expect_err("it is out of range");
        assert!(error.to_string().starts_with("stream.close_timeout: "), "{settings:?}: {error}");
    }
    for settings in [ratio(0.0), ratio(1.0), idle(1_000_000), close(1), close(60_000)] {
        assert!(Streams::with_settings(&Meter::noop(), settings.clone()).is_ok(), "{settings:?}");
    }
}
