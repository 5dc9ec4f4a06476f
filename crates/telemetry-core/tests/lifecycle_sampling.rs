//! Telemetry that is built, not initialized, can still be asked by guards before they build a span.

use std::time::Duration;

use telemetry_core::trace::ActiveSpan;
use telemetry_core::{Signal, Telemetry};
use telemetry_testkit::OtlpSink;

#[test]
fn built_telemetry_can_make_its_sampling_the_processs() {
    let sink = OtlpSink::start();
    let builder = || Telemetry::builder("sampling-test").endpoint(sink.endpoint());
    let without = builder().disable_signal(Signal::Traces).build().expect("the settings are good");
    let never = builder().sample_ratio(0.0).build().expect("the settings are good");
    let is_sampled = || ActiveSpan::start(|| tracing::info_span!("work")).is_sampled();

    assert!(!without.install_sampling(), "it has none");
    assert!(is_sampled(), "nobody decides");
    assert!(never.install_sampling());
    assert!(!is_sampled());
    assert!(!builder().build().expect("the settings are good").install_sampling(), "there is one already");
    assert!(!is_sampled());
    assert!(never.shutdown_within(Duration::from_secs(20)).is_complete());
}
