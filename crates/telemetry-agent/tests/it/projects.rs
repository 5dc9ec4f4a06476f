//! Projects: created, restored, removed, and more of them than have series of their own.

use telemetry_agent::{AgentSettings, Agents};
use telemetry_core::MeterSettings;
use telemetry_testkit::TestTelemetry;

use crate::fixture::Fixture;

const CREATED: &str = "agentpane_projects_total";
const TASKS: &str = "agentpane_tasks_total";

#[test]
fn a_project_is_counted_when_it_is_created_and_only_then() {
    let fixture = Fixture::new();
    fixture.agents.restore_project("old");
    fixture.assert_no_series(CREATED, &[]);
    fixture.agents.create_project("new");
    fixture.agents.create_project("new");
    fixture.agents.create_project("old");
    fixture.agents.try_create_project("newer").expect("it is new");
    fixture.assert_counter(CREATED, &[], 2.0);
    assert!(fixture.agents.project("newer").is_some());
    assert!(fixture.agents.project("none").is_none());
}

#[test]
fn a_removed_project_leaves_no_series_and_what_is_held_of_it_counts_yet() {
    let fixture = Fixture::new();
    let project = fixture.project();
    let task = project.create_task("t1");
    let session = project.create_session("s1");
    let _ada = session.join("ada");
    let agent = project.agent("coder");
    let run = agent.run(&task);
    let turn = run.turn();
    project.remove();
    let gauges = [
        TASKS,
        "agentpane_agents_total",
        "agentpane_agents_running",
        "agentpane_queue_depth",
        "agentpane_sessions_active",
        "agentpane_session_participants",
        "agentpane_agent_status",
        "agentpane_agent_current_turn",
        "agentpane_agent_last_activity_timestamp",
    ];
    gauges.iter().for_each(|gauge| fixture.assert_no_series(gauge, &[]));
    assert!(fixture.agents.project(project.id()).is_none());
    // A project of its id is another.
    let next = fixture.project();
    let _agent = next.agent("coder");
    turn.tool_call("Read").succeed();
    turn.complete();
    run.turn().complete();
    run.complete();
    drop(project.agent("coder"));
    drop(agent.clone());
    let _late = project.create_task("t2");
    let _late = project.create_session("s2");
    assert_eq!(fixture.statuses(), [1.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    assert_eq!(fixture.columns(), [0.0; 4]);
    fixture.assert_total("agentpane_agent_runs_total", &[("status", "completed")], 1.0);
    fixture.assert_total("agentpane_agent_turns_total", &[], 2.0);
    fixture.assert_total("agentpane_tasks_created_total", &[], 1.0);
}

#[test]
fn projects_beyond_the_limit_of_series_are_added_up_and_nothing_is_missing() {
    let settings = MeterSettings { max_label_values: 4, ..MeterSettings::default() };
    let fixture = Fixture::of(TestTelemetry::builder().meter_settings(settings), AgentSettings::default());
    let projects: Vec<_> = (0..10).map(|number| fixture.agents.create_project(&format!("p{number}"))).collect();
    for (number, project) in projects.iter().enumerate() {
        for task in 0..=number {
            project.create_task(&format!("t{task}"));
        }
        project.set_max_concurrent(Some(3));
    }
    let other = [("project_id", "_other"), ("column", "backlog")];
    fixture.assert_total(TASKS, &[], 55.0);
    assert_eq!(fixture.gauge(TASKS, &other), Some(49.0));
    assert_eq!(fixture.metrics().series_count("agentpane_queue_depth"), 4);
    assert_eq!(fixture.metrics().series_count("agentpane_project_max_concurrent_agents"), 3, "limits do not add up");
    projects[9].remove();
    fixture.assert_total(TASKS, &[], 45.0);
    // There is room again for one that comes.
    projects[0].remove();
    fixture.agents.create_project("next").create_task("t");
    assert_eq!(fixture.gauge(TASKS, &[("project_id", "next"), ("column", "backlog")]), Some(1.0));
    projects.iter().for_each(telemetry_agent::Project::remove);
    fixture.assert_total(TASKS, &[], 1.0);
    fixture.assert_no_series(TASKS, &[("project_id", "_other")]);
}

#[test]
fn an_id_without_end_is_none() {
    let fixture = Fixture::new();
    let endless = "p".repeat(1_000_000);
    let project = fixture.agents.create_project(&endless);
    let task = project.create_task(&endless);
    let _session = project.create_session(&endless).join(&endless);
    let agent = project.agent(&endless);
    let run = agent.prepare().task(&task).conversation(&endless).start();
    let turn = run.turn();
    turn.tool(&endless).call_id(&endless).start().succeed();
    turn.complete();
    run.complete();
    task.approve(&endless);
    fixture.assert_nowhere(&"p".repeat(1_024));
    assert_eq!(fixture.gauge(TASKS, &[("project_id", "_other"), ("column", "verified")]), Some(1.0));
}

#[test]
fn all_that_is_made_of_one_meter_knows_the_same_projects() {
    let fixture = Fixture::new();
    let other = Agents::new(fixture.meter());
    fixture.project().create_task("t1");
    let found = other.project(fixture.project().id()).expect("it is known");
    assert!(found.task("t1").is_some());
    found.create_task("t2");
    assert_eq!(fixture.columns(), [2.0, 0.0, 0.0, 0.0]);
}

#[test]
fn names_that_are_registered_keep_their_series() {
    let settings = MeterSettings { max_label_values: 2, ..MeterSettings::default() };
    let fixture = Fixture::of(TestTelemetry::builder().meter_settings(settings), AgentSettings::default());
    fixture.agents.register_agent("storefront", "reviewer");
    fixture.agents.register_tool("Read");
    let project = fixture.project();
    for number in 0..5 {
        let run = project.agent(&format!("made-up-{number}")).prepare().start();
        run.turn().tool_call(&format!("made_up_{number}")).succeed();
        run.complete();
    }
    let run = project.agent("reviewer").prepare().start();
    run.turn().tool_call("Read").succeed();
    run.complete();
    fixture.assert_counter("agentpane_agent_turns_total", &[("agent_id", "reviewer")], 1.0);
    fixture.assert_counter("agentpane_tool_calls_total", &[("agent_id", "reviewer"), ("tool", "Read")], 1.0);
    fixture.assert_total("agentpane_agent_turns_total", &[("agent_id", "_other")], 3.0);
    fixture.assert_total("agentpane_agent_turns_total", &[], 6.0);
}

#[test]
fn nothing_is_recorded_without_a_meter_and_nothing_fails() {
    let agents = Agents::new(&telemetry_core::Meter::noop());
    let project = agents.create_project("storefront");
    let task = project.create_task("t1");
    let run = project.agent("coder").run(&task);
    run.turn().tool_call("Read").succeed();
    run.complete();
    assert_eq!(task.turns(), 1);
}
