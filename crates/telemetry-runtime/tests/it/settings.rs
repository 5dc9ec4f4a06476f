//! Settings: where they come from, what they do, and what is accepted.

use std::convert::Infallible;
use std::future::ready;
use std::time::Duration;

use telemetry_core::{Meter, MeterSettings, Telemetry};
use telemetry_runtime::labels::ErrorKind;
use telemetry_runtime::{Limits, Overflow, PollState, ToolSettings, Tools, WorkflowSettings, Workflows};
use telemetry_testkit::TestTelemetry;
use tokio::time::Instant;

use crate::processes::sh;

const LONG: Duration = Duration::from_secs(60);

#[test]
fn the_meter_carries_what_builder_and_environment_say() {
    let telemetry = Telemetry::builder("shop")
        .from_vars([
            ("TELEMETRY_TOOL_LIMITS_STDOUT", "1000"),
            ("TELEMETRY_TOOL_LIMITS_OVERFLOW", "truncate"),
            ("TELEMETRY_TOOL_LIMITS_KILL_AT", "5000"),
            ("TELEMETRY_TOOL_LIMITS_STDERR", "2000"),
            ("TELEMETRY_TOOL_LIMITS_STDERR_TAIL", "10"),
            ("TELEMETRY_TOOL_LIMITS_GRACE", "500ms"),
            ("TELEMETRY_TOOL_LIMITS_DRAIN", "2s"),
            ("TELEMETRY_TOOL_KEEP_TERMINAL", "true"),
            ("TELEMETRY_TOOL_WATCHDOG", "false"),
            ("TELEMETRY_TOOL_WATCHDOG_SHELL", "/busybox/sh"),
            ("TELEMETRY_TOOL_REAP_ORPHANS", "true"),
            ("TELEMETRY_TOOL_RUNTIME_VERSION", "1.3.0"),
            ("TELEMETRY_WORKFLOW_BACKOFF_INITIAL", "1s"),
            ("TELEMETRY_WORKFLOW_BACKOFF_FACTOR", "2"),
            ("TELEMETRY_WORKFLOW_BACKOFF_MAX", "1m"),
            ("TELEMETRY_WORKFLOW_BACKOFF_JITTER", "0"),
        ])
        .domain(|tool: &mut ToolSettings| tool.bun_version = true)
        .domain(|workflow: &mut WorkflowSettings| workflow.backoff_factor = 3.0)
        .build()
        .expect("sound settings");
    let limits = Limits {
        stdout: 1000,
        overflow: Overflow::Truncate,
        kill_at: 5000,
        stderr: 2000,
        stderr_tail: 10,
        grace: Duration::from_millis(500),
        drain: Duration::from_secs(2),
    };
    let tool = ToolSettings {
        limits,
        keep_terminal: true,
        watchdog: false,
        watchdog_shell: "/busybox/sh".into(),
        reap_orphans: true,
        runtime_version: Some("1.3.0".to_owned()),
        bun_version: true,
    };
    assert_eq!(telemetry.meter().settings_of::<ToolSettings>(), tool);
    let workflow = WorkflowSettings {
        backoff_initial: Duration::from_secs(1),
        backoff_factor: 3.0,
        backoff_max: Duration::from_secs(60),
        backoff_jitter: 0.0,
    };
    assert_eq!(telemetry.meter().settings_of::<WorkflowSettings>(), workflow);
}

fn telemetry_with(limits: Limits, workflow: WorkflowSettings) -> telemetry_testkit::EnteredTelemetry {
    let mut settings = MeterSettings::default();
    let version = Some("1.3.0".to_owned());
    settings.domains.insert(ToolSettings { limits, runtime_version: version, ..ToolSettings::default() });
    settings.domains.insert(workflow);
    TestTelemetry::builder().meter_settings(settings).with_tokio_time().entered()
}

#[tokio::test]
async fn tools_keep_to_what_the_meter_carries() {
    let telemetry = telemetry_with(Limits { stdout: 2, ..Limits::default() }, WorkflowSettings::default());
    let tools = Tools::new(telemetry.meter());
    let error = tools.start("tool").execute(sh("printf 123", &[]), (), LONG).await.expect_err("it writes too much");
    assert_eq!(error.kind(), ErrorKind::Stdout);
    telemetry.span("runtime.execute_tool").assert_attribute("runtime_version", "1.3.0");
}

#[tokio::test(start_paused = true)]
async fn waits_keep_to_what_the_meter_carries() {
    let second = Duration::from_secs(1);
    let pauses = WorkflowSettings { backoff_initial: second, backoff_max: 2 * second, ..WorkflowSettings::default() };
    let steep = WorkflowSettings { backoff_factor: 100.0, backoff_jitter: 0.0, ..pauses };
    let telemetry = telemetry_with(Limits::default(), steep);
    let (started, mut times) = (Instant::now(), Vec::new());
    let wait = Workflows::new(telemetry.meter()).wait("flow-1", Duration::from_secs(10)).poll(|| {
        times.push(started.elapsed().as_secs());
        ready(if times.len() < 4 { PollState::running("RUNNING") } else { PollState::<_, Infallible>::Completed(()) })
    });
    wait.await.expect("it completes");
    assert_eq!(times, [0, 1, 3, 5]);
}

#[test]
fn what_cannot_be_is_refused_with_what_is_accepted() {
    let second = Duration::from_secs(1);
    let sound = WorkflowSettings::default();
    let cases = [
        (
            WorkflowSettings { backoff_initial: Duration::ZERO, ..sound.clone() },
            "workflow.backoff_initial: 0 s is not accepted; accepted is a duration from 1 ms to 1 h",
        ),
        (
            WorkflowSettings { backoff_factor: 0.9, ..sound.clone() },
            "workflow.backoff_factor: 0.9 is not accepted; accepted is a number from 1 to 100",
        ),
        (
            WorkflowSettings { backoff_initial: 2 * second, backoff_max: second, ..sound.clone() },
            "workflow.backoff_max: 1 s is not accepted; accepted is at least workflow.backoff_initial, 2 s",
        ),
        (
            WorkflowSettings { backoff_jitter: 1.5, ..sound },
            "workflow.backoff_jitter: 1.5 is not accepted; accepted is a number from 0 to 1",
        ),
    ];
    for (settings, expected) in cases {
        let error = Workflows::with_settings(&Meter::noop(), settings).expect_err(expected);
        assert_eq!(error.to_string(), expected);
    }
    assert!(Tools::with_settings(&Meter::noop(), ToolSettings::default()).is_ok());
}
