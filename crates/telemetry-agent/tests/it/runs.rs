//! Agents and their runs: what an agent is doing, its turns, and how a run ends.

use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::time::{Duration, SystemTime};

use telemetry_agent::Run;
use telemetry_agent::labels::{AgentStatus, Column};

use crate::fixture::{Fixture, PROJECT};

const CODER: [(&str, &str); 2] = [("project_id", PROJECT), ("agent_id", "coder")];
const TURN: &str = "agentpane_agent_current_turn";
const MAX: &str = "agentpane_agent_max_turns";
const ACTIVITY: &str = "agentpane_agent_last_activity_timestamp";

#[test]
fn an_agent_is_there_while_it_is_held_and_does_what_its_runs_do() {
    let fixture = Fixture::new();
    let project = fixture.project();
    let status = || {
        let metrics = fixture.metrics();
        let shown = metrics.matching("agentpane_agent_status", &CODER);
        assert!(shown.len() <= 1, "one status at a time: {shown:?}");
        shown.first().and_then(|series| series.label("status")).map(str::to_owned)
    };
    assert_eq!(status(), None);
    let agent = project.agent("coder");
    assert_eq!(status().as_deref(), Some("idle"));
    let run = agent.prepare().begin();
    assert_eq!(status().as_deref(), Some("starting"));
    assert_eq!(fixture.gauge("agentpane_agents_running", &[]), Some(0.0));
    run.ready();
    assert_eq!(status().as_deref(), Some("running"));
    assert_eq!(fixture.gauge("agentpane_agents_running", &[]), Some(1.0));
    run.pause();
    assert_eq!(status().as_deref(), Some("paused"));
    run.turn().complete();
    assert_eq!(status().as_deref(), Some("running"), "a turn goes on with it");
    run.complete();
    assert_eq!(status().as_deref(), Some("completed"));
    agent.prepare().start().fail();
    assert_eq!(status().as_deref(), Some("error"));
    agent.prepare().start().reach_turn_limit();
    assert_eq!(agent.status(), Some(AgentStatus::Error));
    agent.prepare().start().cancel();
    assert_eq!(status().as_deref(), Some("idle"));
    agent.set_resting(AgentStatus::Paused);
    assert_eq!(status().as_deref(), Some("paused"));
    agent.set_resting(AgentStatus::Running);
    assert_eq!(status().as_deref(), Some("idle"), "only a run runs");
    let again = agent.clone();
    drop(agent);
    assert_eq!(fixture.statuses(), [1.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    drop(again);
    assert_eq!(fixture.statuses(), [0.0; 6]);
    fixture.assert_no_series("agentpane_agent_status", &[]);
}

#[test]
fn every_end_is_one_run_with_its_status() {
    type End = fn(Run);
    let ends: [(End, &str); 7] = [
        (|run| run.complete(), "completed"),
        (|run| run.fail(), "failed"),
        (|run| run.because(&io::Error::other("gone")).fail_as("timeout"), "failed"),
        (|run| run.cancel(), "cancelled"),
        (|run| drop(run), "cancelled"),
        (|run| run.reach_turn_limit(), "turn_limit"),
        (
            |run| {
                let caught = panic::catch_unwind(AssertUnwindSafe(move || {
                    let _run = run;
                    panic!("on purpose");
                }));
                assert!(caught.is_err());
            },
            "failed",
        ),
    ];
    for (end, status) in ends {
        let fixture = Fixture::new();
        let project = fixture.project();
        end(project.agent("coder").run(&project.create_task("t1")));
        fixture.assert_counter("agentpane_agent_runs_total", &[CODER[0], CODER[1], ("status", status)], 1.0);
        fixture.assert_total("agentpane_agent_runs_total", &[], 1.0);
        let failures = f64::from(u8::from(status == "failed"));
        let errors = [("error_code", "AGENT_EXECUTION_ERROR"), ("component", "agent")];
        assert_eq!(fixture.total("agentpane_errors_total", &errors), failures, "{status}");
        assert_eq!(fixture.statuses(), [0.0; 6], "the agent was held by its run");
        for gauge in [TURN, MAX, ACTIVITY] {
            fixture.assert_no_series(gauge, &[]);
        }
    }
}

#[test]
fn a_run_takes_its_task_up() {
    let fixture = Fixture::new();
    let project = fixture.project();
    let task = project.create_task("t1");
    task.enqueue();
    let run = project.agent("coder").run(&task);
    assert_eq!(task.column(), Some(Column::InProgress));
    assert_eq!(task.queued_for(), None);
    run.complete();
    // Rejected work waits for an agent, too.
    task.enqueue();
    project.agent("coder").run(&task).complete();
    assert_eq!(task.queued_for(), None);
    fixture.assert_histogram_count("agentpane_queue_wait_seconds", &[("project_id", PROJECT)], 2);
    fixture.assert_counter("agentpane_tasks_started_total", &[("project_id", PROJECT)], 1.0);
    // As seen: what it is of waits for approval, and goes on to.
    task.move_to(Column::WaitingApproval);
    project.agent("coder").run(&task).complete();
    assert_eq!(task.column(), Some(Column::WaitingApproval));
}

#[test]
fn turns_are_counted_for_the_agent_and_the_task() {
    let fixture = Fixture::new();
    let project = fixture.project();
    let (agent, task) = (project.agent("coder"), project.create_task("t1"));
    let run = agent.prepare().task(&task).max_turns(50).start();
    assert_eq!(fixture.gauge(TURN, &CODER), Some(0.0));
    assert_eq!(fixture.gauge(MAX, &CODER), Some(50.0));
    for number in 1..=7 {
        let turn = run.turn();
        assert_eq!(turn.number(), number);
        assert_eq!(fixture.gauge(TURN, &CODER), Some(f64::from(number)));
    }
    run.complete();
    let run = agent.run(&task);
    assert_eq!(fixture.gauge(MAX, &CODER), None, "it has no limit");
    run.turn().fail();
    assert_eq!(task.turns(), 8);
    task.move_to(Column::Verified);
    fixture.assert_counter("agentpane_agent_turns_total", &CODER, 8.0);
    let metrics = fixture.metrics();
    let turns = metrics.histogram("agentpane_agent_turns_per_task", &[("project_id", PROJECT)]);
    assert_eq!((turns.count, turns.sum), (1, 8.0));
}

#[test]
fn who_waits_for_somebody_has_no_last_activity() {
    let fixture = Fixture::new();
    let project = fixture.project();
    let run = project.agent("coder").prepare().start();
    let now = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("it is later").as_secs_f64();
    let activity = || fixture.gauge(ACTIVITY, &CODER);
    let is_recent = |time: Option<f64>| time.is_some_and(|time| (now() - time).abs() < 60.0);
    assert!(is_recent(activity()));
    run.pause();
    run.touch();
    assert_eq!(activity(), None);
    run.resume();
    assert!(is_recent(activity()));
    // Of two runs one goes on.
    let second = project.agent("coder").prepare().start();
    run.pause();
    assert!(is_recent(activity()));
    second.pause();
    assert_eq!(activity(), None);
    drop(second);
    assert_eq!(activity(), None);
    assert_eq!(fixture.gauge(TURN, &CODER), Some(0.0));
}

#[tokio::test(start_paused = true)]
async fn tool_calls_are_counted_by_how_they_end() {
    let fixture = Fixture::new();
    let project = fixture.project();
    let run = project.agent("coder").prepare().start();
    let turn = run.turn();
    let pass = || tokio::time::advance(Duration::from_millis(250));
    turn.tool_call("Read").succeed();
    let call = turn.tool_call("Read");
    pass().await;
    call.fail();
    let call = turn.tool_call("Read");
    pass().await;
    call.because(&io::Error::other("no such file")).fail_as("not_found");
    turn.tool_call("Read").deny();
    drop(turn.tool_call("Read"));
    let caught = panic::catch_unwind(AssertUnwindSafe(|| {
        let _call = turn.tool_call("Read");
        panic!("on purpose");
    }));
    assert!(caught.is_err());
    let labels = |status| [("agent_id", "coder"), ("tool", "Read"), ("status", status)];
    let metrics = fixture.metrics();
    metrics.assert_counter("agentpane_tool_calls_total", &labels("success"), 1.0);
    metrics.assert_counter("agentpane_tool_calls_total", &labels("error"), 3.0);
    metrics.assert_counter("agentpane_tool_calls_total", &labels("denied"), 1.0);
    metrics.assert_total("agentpane_tool_calls_total", &[], 5.0);
    let taken = metrics.histogram("agentpane_tool_duration_seconds", &[("agent_id", "coder"), ("tool", "Read")]);
    assert_eq!((taken.count, taken.sum), (4, 0.5), "a denied call takes no time, a dropped one is not known");
}

#[test]
fn what_is_guarded_goes_into_tasks_and_threads() {
    fn sound<T: Send + 'static>(_: &T) {}
    let fixture = Fixture::new();
    let project = fixture.project();
    let run = project.agent("coder").run(&project.create_task("t1"));
    let turn = run.turn();
    let call = turn.tool_call("Read");
    sound(&project);
    sound(&run);
    sound(&turn);
    sound(&call);
    std::thread::spawn(move || {
        run.complete();
        call.succeed();
        drop(turn);
    })
    .join()
    .expect("it ends there");
    assert_eq!(fixture.statuses(), [0.0; 6]);
}
