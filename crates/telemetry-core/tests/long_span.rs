//! A span that lives as long as its process, and is told things all the time. Alone in its binary, whose memory it measures.

use std::time::Duration;

use telemetry_core::{Signal, Telemetry};
use telemetry_testkit::OtlpSink;
use tracing::field::Empty;

const TIMES: u32 = 100_000;

/// The resident memory of this process in bytes.
#[cfg(target_os = "linux")]
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux has it");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("it names the resident memory");
    let kilobytes = line.trim().strip_suffix(" kB").and_then(|number| number.parse::<usize>().ok());
    kilobytes.expect("it is in kB") * 1024
}

#[cfg(target_os = "linux")]
#[test]
fn a_span_that_is_never_entered_holds_no_more_than_one_that_is() {
    let sink = OtlpSink::start();
    let telemetry = Telemetry::builder("long-span")
        .endpoint(sink.endpoint())
        .disable_signal(Signal::Logs)
        .init()
        .expect("the settings are good");
    {
        let of_events = tracing::info_span!("of events");
        let of_fields = tracing::info_span!("of fields", progress = Empty);
        let of_links = tracing::info_span!("of links");
        let mut before = 0;
        for number in 0..TIMES {
            if number == TIMES / 10 {
                before = resident();
            }
            tracing::info!(parent: &of_events, number, "told");
            of_fields.record("progress", number);
            of_links.follows_from(of_events.id());
        }
        let grown = resident().saturating_sub(before);
        assert!(grown < 8_000_000, "{grown} bytes for {TIMES} events, fields and links");
    }
    let report = telemetry.shutdown_within(Duration::from_secs(20));
    assert!(report.is_complete(), "{report}");
    let spans: Vec<_> = sink.raw_spans().into_iter().flat_map(|request| request.resource_spans).collect();
    let spans: Vec<_> = spans.into_iter().flat_map(|resource| resource.scope_spans).flat_map(|s| s.spans).collect();
    let one = |name: &str| spans.iter().find(|span| span.name == name).expect("all were exported");
    let (events, fields, links) = (one("of events"), one("of fields"), one("of links"));
    let kept_and_dropped =
        [(events.events.len(), events.dropped_events_count), (links.links.len(), links.dropped_links_count)];
    for (kept, dropped) in kept_and_dropped {
        assert_eq!(kept, 128, "the limit of the specification");
        assert!(dropped >= TIMES - 128, "the rest is counted: {dropped}");
    }
    let progress = fields.attributes.iter().filter(|attribute| attribute.key == "progress").count();
    assert_eq!(progress, 1, "a name has one value, whatever the SDK keeps under it");
    assert!(fields.dropped_attributes_count >= TIMES - 128, "{}", fields.dropped_attributes_count);
}
