//! What a stream and its events allocate, in a program of its own: nothing else may allocate meanwhile.

use std::time::SystemTime;

use telemetry_core::trace::Sampling;
use telemetry_stream::labels::{StreamKind, Transport};
use telemetry_stream::{EventInfo, Streams};
use telemetry_testkit::TestTelemetry;

#[test]
fn an_event_of_a_known_type_allocates_nothing_and_a_stream_the_ids_that_it_keeps() {
    for sampling in [Sampling::AlwaysOff, Sampling::AlwaysOn] {
        let telemetry = TestTelemetry::builder().sampling(sampling).entered();
        let streams = Streams::new(telemetry.meter());
        let mut stream = streams.start(StreamKind::Agent, Transport::Sse, "exec-17");
        let json = serde_json::json!({ "type": "turn", "timestamp": 1_700_000_000_000_u64 });
        let mut record = || {
            stream.event(EventInfo::new("step").published(SystemTime::now()));
            stream.event(EventInfo::from_json(&json));
        };
        record();
        let counted = allocation_counter::measure(|| (0..100).for_each(|_| record()));
        assert_eq!(counted.count_total, 0, "{sampling:?}");
        stream.complete();
        telemetry.assert_counter("agentpane_stream_events_total", &[("event_type", "step")], 101.0);
    }
    let telemetry = TestTelemetry::new();
    let streams = Streams::new(telemetry.meter());
    let follow = || {
        let mut stream = streams.stream(StreamKind::Agent, Transport::Sse, "exec-17").id("reviewer").start();
        stream.event("step");
        stream.complete();
    };
    follow();
    let counted = allocation_counter::measure(|| (0..100).for_each(|_| follow()));
    assert_eq!(counted.count_total, 200, "the execution's id and its agent's, 100 times");
}

#[test]
fn what_a_source_makes_up_leaves_nothing_behind() {
    let telemetry = TestTelemetry::new();
    let streams = Streams::new(telemetry.meter());
    let kept = |numbers: std::ops::Range<usize>| {
        let names: Vec<_> = numbers.map(|number| format!("{number:08}{}", "x".repeat(1 << 20))).collect();
        let follow = |name: &String| {
            let mut stream = streams.stream(StreamKind::Agent, Transport::Sse, name).id(name).start();
            stream.event(name.as_str());
            stream.complete();
        };
        allocation_counter::measure(|| names.iter().for_each(follow)).bytes_current
    };
    // The instruments, once.
    kept(0..2);
    assert_eq!(kept(2..30), 0);
}
