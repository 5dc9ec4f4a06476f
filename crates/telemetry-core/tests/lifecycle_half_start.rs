//! A set-up that fails leaves nothing behind, and can be tried again.

use std::net::TcpListener;
use std::time::Duration;

use telemetry_core::{InitError, Meter, Telemetry, TelemetryBuilder};
use telemetry_testkit::{OtlpSink, eventually};

const SOON: Duration = Duration::from_secs(20);

/// Names of this process's threads, where the system tells.
fn threads() -> Vec<String> {
    let Ok(tasks) = std::fs::read_dir("/proc/self/task") else { return Vec::new() };
    tasks.flatten().filter_map(|task| std::fs::read_to_string(task.path().join("comm")).ok()).collect()
}

fn assert_nothing_runs(what: &str) {
    assert!(!tracing::dispatcher::has_been_set(), "{what}: a subscriber is set");
    assert!(Meter::global().settings().is_none(), "{what}: a meter is installed");
    let ours = |name: &String| name.starts_with("telemetry-") || name.starts_with("OpenTelemetry");
    eventually(format!("{what}: no thread is left"), || {
        let left = threads();
        if left.iter().any(ours) { Err(format!("{left:?}")) } else { Ok(()) }
    })
    .wait();
}

#[test]
fn nothing_starts_half() {
    let sink = OtlpSink::start();
    let good = || Telemetry::builder("half-start-test").endpoint(sink.endpoint());
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let taken = taken.local_addr().expect("it is bound");
    type Bad = (&'static str, TelemetryBuilder, fn(&InitError) -> bool);
    let is_setting: fn(&InitError) -> bool = |error| matches!(error, InitError::Settings(_));
    let bad: [Bad; 6] = [
        ("an endpoint without a scheme", good().endpoint("collector:4317"), is_setting),
        ("an endpoint of another kind", good().endpoint("ftp://collector:21"), is_setting),
        ("a ratio of 7", good().sample_ratio(7.0), is_setting),
        ("an interval of nothing", good().metric_interval(Duration::ZERO), is_setting),
        ("a level that is none", good().log_level("loud"), is_setting),
        // Without the feature, asking for the endpoint is a bad setting.
        ("a taken address", good().prometheus(taken), |error| {
            matches!(error, InitError::Settings(_) | InitError::Listen { .. })
        }),
    ];
    for (what, builder, expected) in bad {
        let error = builder.init().err().unwrap_or_else(|| panic!("{what} is accepted"));
        assert!(expected(&error), "{what}: {error}");
        assert_nothing_runs(what);
    }

    let telemetry = good().init().expect("a failed attempt does not use up the one set-up");
    tracing::info!("works");
    assert!(telemetry.shutdown_within(SOON).is_complete());
    assert_eq!(sink.logs().len(), 1);
}
