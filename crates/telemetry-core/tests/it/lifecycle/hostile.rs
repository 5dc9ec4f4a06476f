//! Collectors that break the protocol or say what they should not: nothing is lost that a retry saves, no number of theirs is
//! believed, and no secret comes back.

use std::time::Duration;

use telemetry_core::{Telemetry, TelemetryBuilder};
use telemetry_testkit::{CollectorFault, HostileCollector, eventually};

use super::fixture::{SOON, towards, work};

fn telemetry(collector: &HostileCollector) -> TelemetryBuilder {
    towards(collector.endpoint()).settings(|settings| settings.otlp.all.timeout = Some(SOON))
}

fn started(collector: &HostileCollector) -> Telemetry {
    telemetry(collector).build().expect("the settings are good")
}

/// Exports until so many attempts have been made.
fn attempts(telemetry: &Telemetry, collector: &HostileCollector, most: u64) {
    eventually(format!("{most} attempts are made"), || {
        let report = telemetry.flush_within(Duration::from_millis(1));
        if collector.calls() >= most { Ok(()) } else { Err(format!("{} calls; {report}", collector.calls())) }
    })
    .wait();
}

#[test]
fn what_the_transport_did_is_retried_until_it_arrives() {
    let faults = [
        // NO_ERROR, INTERNAL_ERROR, REFUSED_STREAM, CANCEL, ENHANCE_YOUR_CALM, INADEQUATE_SECURITY
        [0, 2, 7, 8, 11, 12].map(CollectorFault::Reset).to_vec(),
        [0, 2, 11].map(CollectorFault::GoAway).to_vec(),
        vec![CollectorFault::NoStatus],
        [200, 408, 429, 500, 502, 503, 504].map(CollectorFault::Page).to_vec(),
    ];
    for fault in faults.concat() {
        let collector = HostileCollector::start(fault.clone());
        let telemetry = started(&collector);
        work(&telemetry, 3);
        attempts(&telemetry, &collector, 6);
        collector.set(CollectorFault::None);
        let report = telemetry.shutdown_within(SOON);
        assert!(report.is_complete(), "{fault:?}: {report}");
        assert_eq!((report.traces.lost_in_total, report.logs.lost_in_total), (0, 0), "{fault:?}: {report}");
    }
}

#[test]
fn no_more_is_rejected_than_was_sent() {
    for (items, lost) in [(i64::MAX, 3), (4, 3), (3, 3), (1, 1), (0, 0), (-1, 0), (i64::MIN, 0)] {
        let collector = HostileCollector::start(CollectorFault::Rejects { items, message: "all of it".to_owned() });
        let telemetry = started(&collector);
        for _ in 0..3 {
            work(&telemetry, 1);
        }
        let report = telemetry.shutdown_within(SOON);
        let of_traces = (report.traces.flushed + report.traces.lost, report.traces.lost_in_total);
        // They leave in one batch or in several, of which each rejects as many as it has.
        assert_eq!(of_traces.0, 3, "{items}: {report}");
        assert!(of_traces.1 >= lost && of_traces.1 <= 3 && (items > 0 || of_traces.1 == 0), "{items}: {report}");
        assert!(report.lost() < 100, "{items}: {report}");
    }
}

#[test]
fn details_that_cannot_be_are_none() {
    // RetryInfo with the least values of its fields, a status that ends too soon, and none at all.
    let least = [
        &b"\x1a\x41\x0a\x29type.googleapis.com/google.rpc.RetryInfo\x12\x18\x0a\x16\x08"[..],
        &[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01, 0x10],
        &[0x80, 0x80, 0x80, 0x80, 0xf8, 0xff, 0xff, 0xff, 0xff, 0x01],
    ]
    .concat();
    for details in [least, b"\x1a\xff".to_vec(), vec![0xff; 4096], Vec::new()] {
        let refuses = CollectorFault::Refuses { code: 14, message: "busy".to_owned(), details: details.clone() };
        let collector = HostileCollector::start(refuses);
        let telemetry = started(&collector);
        work(&telemetry, 2);
        attempts(&telemetry, &collector, 3);
        collector.set(CollectorFault::None);
        work(&telemetry, 1);
        let report = telemetry.shutdown_within(SOON);
        assert!(report.is_complete(), "{details:?}: {report}");
        assert_eq!(report.traces.lost_in_total, 0, "{details:?}: {report}");
    }
}

#[test]
fn what_is_said_back_is_neither_secret_nor_moves_the_cursor() {
    const TOKEN: &str = "s3cr3t-t0ken-of-the-collector";
    type How = fn(&str) -> String;
    let sayings: [(&str, How); 6] = [
        ("whole", |value| format!("invalid header {value}")),
        ("its token", |value| format!("invalid token '{}'", value.trim_start_matches("Bearer "))),
        ("its beginning", |value| format!("invalid token '{}…'", &value[7..19])),
        ("in capitals", |value| value.to_uppercase()),
        ("in hexadecimal", |value| value.bytes().map(|byte| format!("{byte:02x}")).collect()),
        ("among marks", |value| format!("\u{1b}[2J\u{202e}{value}\u{2028}\r\n")),
    ];
    for (what, how) in sayings {
        let collector = HostileCollector::start(CollectorFault::SaysBack { header: "authorization", how });
        let telemetry = telemetry(&collector).header("authorization", format!("Bearer {TOKEN}"));
        let telemetry = telemetry.build().expect("the settings are good");
        work(&telemetry, 1);
        let report = telemetry.shutdown_within(SOON);
        let said = format!("{report}");
        for (signal, report) in report.signals() {
            let error = report.error.as_deref().unwrap_or_else(|| panic!("{what}: {signal:?} has an error"));
            assert!(error.starts_with("Unauthenticated: "), "{what}: {error}");
            assert!(error.contains("[redacted]"), "{what}: {error}");
            assert!(!error.chars().any(|c| c.is_control() || c == '\u{202e}' || c == '\u{2028}'), "{what}: {error:?}");
        }
        for piece in TOKEN.as_bytes().windows(9) {
            let piece = String::from_utf8_lossy(piece);
            assert!(!said.to_lowercase().contains(&*piece), "{what}: {said}");
        }
    }
}
