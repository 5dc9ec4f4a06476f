//! What only a process of its own shows: the environment, signals and panics. Each test starts this binary again, with
//! the name of a role in a variable.

use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use telemetry_core::Telemetry;
use telemetry_testkit::OtlpSink;

const ROLE: &str = "LIFECYCLE_TEST_ROLE";
const SOON: Duration = Duration::from_secs(20);

/// Starts this binary in a role; it plays it in [`plays_its_role`].
fn play(role: &str, sink: &OtlpSink) -> Child {
    play_by(Command::new(std::env::current_exe().expect("the test runs")), role, sink)
}

fn play_by(mut command: Command, role: &str, sink: &OtlpSink) -> Child {
    command
        .args(["plays_its_role", "--exact", "--nocapture"])
        .env(ROLE, role)
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", sink.endpoint())
        .env("OTEL_RESOURCE_ATTRIBUTES", "service.version=9.9,team=core")
        .env("OTEL_SERVICE_NAME", "from-the-environment")
        .env("OTEL_EXPORTER_OTLP_HEADERS", "x-team=core")
        .env("OTEL_BSP_SCHEDULE_DELAY", "3600000")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the test's own binary starts")
}

/// Waits for the role's last word.
#[cfg(all(feature = "signals", unix))]
fn wait_ready(child: &mut Child) {
    use std::io::{BufRead as _, BufReader};
    let output = child.stdout.take().expect("it is piped");
    let ready = BufReader::new(output).lines().map_while(Result::ok).any(|line| line.contains("ready"));
    assert!(ready, "the role ended before it was ready");
}

fn end(mut child: Child) -> ExitStatus {
    child.wait().expect("it was started")
}

/// Does nothing unless a test started it in a role.
#[test]
fn plays_its_role() {
    let Ok(role) = std::env::var(ROLE) else { return };
    if role == "asks nobody" {
        return ask_nobody();
    }
    let telemetry = Telemetry::builder("from-the-code")
        .version("0.1")
        .from_env()
        .expect("the environment is good")
        .init()
        .expect("the settings are good");
    tracing::info_span!("work").in_scope(|| tracing::info!("worked"));
    match role.as_str() {
        "returns" => {}
        "panics" => {
            telemetry.flush_on_panic(SOON);
            let failed = std::thread::spawn(|| panic!("on purpose")).join();
            assert!(failed.is_err());
            // Nothing else flushes.
            std::process::exit(7);
        }
        "is terminated" => wait_for_signal(&telemetry, Then::Terminate),
        "ends by itself" => wait_for_signal(&telemetry, Then::Continue),
        "handles nothing" => wait_for_signal(&telemetry, Then::Default),
        "handles Ctrl-C" => end_by_itself(&telemetry, Then::Default),
        "handled Ctrl-C before" => end_by_itself(&telemetry, Then::DefaultLater),
        role => panic!("unknown role {role}"),
    }
}

/// Takes nothing but the endpoint from the environment.
fn ask_nobody() {
    let endpoint = std::env::var("OTEL_EXPORTER_OTLP_ENDPOINT").expect("the parent set it");
    let telemetry = Telemetry::builder("from-the-code").endpoint(endpoint).header("x-own", "yes");
    let _ends_here = telemetry.init().expect("the settings are good");
    tracing::info_span!("work").in_scope(|| tracing::info!("worked"));
}

/// Which of the ways to end at a signal a role takes.
#[derive(Clone, Copy)]
enum Then {
    Terminate,
    Continue,
    Default,
    /// The default, set up after the application's own handler.
    DefaultLater,
}

#[cfg(all(feature = "signals", unix))]
fn handle(telemetry: &Telemetry, then: Then) {
    use telemetry_core::AfterSignal;
    let then = match then {
        Then::Terminate => AfterSignal::Terminate,
        Then::Continue => AfterSignal::Continue,
        Then::Default | Then::DefaultLater => AfterSignal::default(),
    };
    telemetry.shutdown_on_signals(then).expect("the handlers can be registered");
}

#[cfg(all(feature = "signals", unix))]
fn wait_for_signal(telemetry: &Telemetry, then: Then) {
    handle(telemetry, then);
    announce_ready();
    loop {
        std::thread::park();
    }
}

/// Takes its time after Ctrl-C, as a server does that answers what it has accepted.
#[cfg(all(feature = "signals", unix))]
fn end_by_itself(telemetry: &Telemetry, then: Then) {
    use tokio::signal::unix::{SignalKind, signal};
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("the system has files left");
    if !matches!(then, Then::DefaultLater) {
        handle(telemetry, then);
    }
    runtime.block_on(async {
        let mut interrupt = signal(SignalKind::interrupt()).expect("the handler can be registered");
        if matches!(then, Then::DefaultLater) {
            handle(telemetry, then);
        }
        announce_ready();
        interrupt.recv().await;
    });
    drop(runtime);
    // As long as the parent likes.
    std::io::read_to_string(std::io::stdin()).expect("it is a pipe");
    tracing::info_span!("drained").in_scope(|| {});
    let report = telemetry.shutdown();
    std::process::exit(if report.is_complete() { 5 } else { 6 });
}

#[cfg(not(all(feature = "signals", unix)))]
fn wait_for_signal(_: &Telemetry, _: Then) {}

#[cfg(not(all(feature = "signals", unix)))]
fn end_by_itself(_: &Telemetry, _: Then) {}

#[expect(clippy::print_stdout, reason = "the parent process reads it")]
#[cfg(all(feature = "signals", unix))]
fn announce_ready() {
    println!("ready");
}

#[test]
fn the_environment_is_heard_and_the_builder_counts_more() {
    let sink = OtlpSink::start();
    assert!(end(play("returns", &sink)).success());
    let spans = sink.spans();
    let resource = &spans.one("work").resource;
    assert_eq!(resource["service.name"], "from-the-environment", "the operator names the service");
    assert_eq!(resource["service.version"], "0.1", "the builder counts more");
    assert_eq!(resource["team"], "core", "attributes of all sources are joined");
    assert_eq!(sink.logs().len(), 1);
    assert!(sink.requests().iter().all(|request| request.headers["x-team"] == "core"), "and only once");
}

#[test]
fn an_environment_that_is_not_asked_is_not_heard() {
    let sink = OtlpSink::start();
    assert!(end(play("asks nobody", &sink)).success());
    assert_eq!(sink.spans().one("work").resource["service.name"], "from-the-code");
    for request in sink.requests() {
        assert_eq!(request.headers["x-own"], "yes");
        assert!(!request.headers.contains_key("x-team"), "the exporter reads it by itself: {:?}", request.headers);
    }
}

#[test]
fn a_panic_flushes() {
    let sink = OtlpSink::start();
    let status = end(play("panics", &sink));
    assert_eq!(status.code(), Some(7));
    assert_eq!(sink.spans().one("work").name, "work");
    assert_eq!(sink.logs().len(), 1);
}

#[cfg(all(feature = "signals", unix))]
fn send(child: &Child, signal: rustix::process::Signal) {
    use rustix::process::{Pid, kill_process};
    let pid = Pid::from_raw(i32::try_from(child.id()).expect("a pid is an i32")).expect("it is not zero");
    kill_process(pid, signal).expect("it is our child");
}

#[cfg(all(feature = "signals", unix))]
#[test]
fn a_signal_flushes_and_ends_the_process_as_it_would_have() {
    use rustix::process::Signal;
    use std::os::unix::process::ExitStatusExt as _;
    for role in ["is terminated", "handles nothing"] {
        for signal in [Signal::TERM, Signal::INT] {
            let sink = OtlpSink::start();
            let mut child = play(role, &sink);
            wait_ready(&mut child);
            send(&child, signal);
            assert_eq!(end(child).signal(), Some(signal.as_raw()), "{role}");
            assert_eq!((sink.spans().len(), sink.logs().len()), (1, 1), "{role}");
        }
    }
}

#[cfg(all(feature = "signals", unix))]
#[test]
fn a_signal_leaves_the_end_to_an_application_that_wants_it() {
    use rustix::process::Signal;
    for signal in [Signal::TERM, Signal::INT] {
        let sink = OtlpSink::start();
        let mut child = play("ends by itself", &sink);
        wait_ready(&mut child);
        send(&child, signal);
        sink.wait_for(SOON, "the flush", |sink| !sink.spans().is_empty() && !sink.logs().is_empty());
        assert!(child.try_wait().expect("it was started").is_none(), "it still runs");
        child.kill().expect("it is our child");
        end(child);
    }
}

#[cfg(all(feature = "signals", unix))]
#[test]
fn a_handler_of_the_applications_own_has_its_time() {
    for role in ["handles Ctrl-C", "handled Ctrl-C before"] {
        let sink = OtlpSink::start();
        let mut child = play(role, &sink);
        wait_ready(&mut child);
        send(&child, rustix::process::Signal::INT);
        sink.wait_for(SOON, "the flush", |sink| sink.spans().len() == 1);
        drop(child.stdin.take());
        assert_eq!(end(child).code(), Some(5), "{role}");
        assert_eq!((sink.spans().len(), sink.logs().len()), (2, 1), "{role}: what came after the signal is there too");
    }
}

#[cfg(all(feature = "signals", unix))]
#[test]
fn a_signal_that_the_application_does_not_handle_ends_it_all_the_same() {
    use std::os::unix::process::ExitStatusExt as _;
    let sink = OtlpSink::start();
    let mut child = play("handles Ctrl-C", &sink);
    wait_ready(&mut child);
    send(&child, rustix::process::Signal::TERM);
    assert_eq!(end(child).signal(), Some(15));
    assert_eq!((sink.spans().len(), sink.logs().len()), (1, 1));
}

#[cfg(all(feature = "signals", target_os = "linux"))]
#[test]
fn a_signal_that_is_ignored_stays_so() {
    use rustix::process::Signal;
    use std::os::unix::process::ExitStatusExt as _;
    let sink = OtlpSink::start();
    let mut shell = Command::new("/bin/sh");
    // As shells start what runs in the background.
    shell.args(["-c", "trap '' INT; exec \"$0\" \"$@\""]).arg(std::env::current_exe().unwrap());
    let mut child = play_by(shell, "handles nothing", &sink);
    wait_ready(&mut child);
    send(&child, Signal::INT);
    send(&child, Signal::TERM);
    assert_eq!(end(child).signal(), Some(15), "the first one did nothing");
}
