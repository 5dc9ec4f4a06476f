//! An application with a subscriber of its own keeps it, and adds ours to it.

use std::time::Duration;

use telemetry_core::{InitError, Telemetry};
use telemetry_testkit::OtlpSink;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{Layer as _, filter::LevelFilter, fmt, registry};

const SOON: Duration = Duration::from_secs(20);

#[test]
fn an_own_subscriber_is_kept_and_takes_our_layer() {
    let sink = OtlpSink::start();
    let builder = || Telemetry::builder("own-subscriber-test").endpoint(sink.endpoint());
    let telemetry = builder().own_subscriber().build().expect("the settings are good");
    let own = fmt::layer().with_writer(std::io::sink).with_filter(LevelFilter::ERROR);
    let subscriber = registry().with(telemetry.layer()).with(own);
    tracing::subscriber::set_global_default(subscriber).expect("there is none yet");

    let refused = builder().init().expect_err("there is a subscriber");
    assert!(matches!(refused, InitError::SubscriberSet), "{refused}");
    assert!(refused.to_string().contains("own_subscriber()"), "it says how to compose: {refused}");

    tracing::info_span!("work").in_scope(|| tracing::info!("worked"));
    assert!(telemetry.shutdown_within(SOON).is_complete());
    assert_eq!((sink.spans().len(), sink.logs().len()), (1, 1), "the other layer's filter is its own");

    let second = builder().own_subscriber().init().expect("the subscriber is left alone");
    assert!(second.shutdown_within(SOON).is_complete());
}
