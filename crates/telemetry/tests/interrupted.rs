//! Ctrl-C loses nothing: the test starts this binary again as an application that knows `init` and nothing else.
#![cfg(all(feature = "signals", unix))]

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use telemetry_testkit::OtlpSink;

const APPLICATION: &str = "INTERRUPTED_TEST_APPLICATION";

/// Does nothing unless the test below started it.
#[test]
fn application() {
    if std::env::var_os(APPLICATION).is_none() {
        return;
    }
    let _telemetry = telemetry::init("interrupted").unwrap();
    tracing::info_span!("work").in_scope(|| tracing::info!("worked"));
    println!("ready");
    loop {
        std::thread::park();
    }
}

#[test]
fn an_application_that_handles_no_signal_loses_nothing_at_one() {
    for signal in [Signal::INT, Signal::TERM] {
        let sink = OtlpSink::start();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["application", "--exact", "--nocapture"])
            .env(APPLICATION, "1")
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", sink.endpoint())
            .env("OTEL_BSP_SCHEDULE_DELAY", "3600000")
            .env("OTEL_BLRP_SCHEDULE_DELAY", "3600000")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        assert!(output.lines().map_while(Result::ok).any(|line| line.contains("ready")));
        kill_process(Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap(), signal).unwrap();
        assert_eq!(child.wait().unwrap().signal(), Some(signal.as_raw()));
        assert_eq!((sink.spans().len(), sink.logs().len()), (1, 1));
    }
}
