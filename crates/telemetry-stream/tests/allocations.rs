//! What recording an event allocates: nothing, once its type is known.

use std::time::SystemTime;

use telemetry_core::trace::Sampling;
use telemetry_stream::{EventInfo, StreamKind, Streams, Transport};
use telemetry_testkit::TestTelemetry;

#[test]
fn an_event_of_a_known_type_allocates_nothing() {
    for sampling in [Sampling::AlwaysOff, Sampling::AlwaysOn] {
        let telemetry = TestTelemetry::builder().sampling(sampling).entered();
        let streams = Streams::new(telemetry.meter());
        let mut stream = streams.open(StreamKind::Agent, Transport::Sse, "exec-17").start();
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
}
