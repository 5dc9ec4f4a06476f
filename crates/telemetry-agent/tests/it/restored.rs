//! A restart: what the application's store has is there again, and nothing is counted twice.

use std::time::{Duration, SystemTime};

use telemetry_agent::RestoredTask;
use telemetry_agent::labels::{AgentStatus, Column};

use crate::fixture::{Fixture, PROJECT};

#[test]
fn what_is_restored_is_there_and_no_counter_moves() {
    let fixture = Fixture::new();
    let project = fixture.agents.restore_project(PROJECT);
    let ago = |secs| SystemTime::now() - Duration::from_secs(secs);
    for (id, task) in [
        ("a", RestoredTask::new(Column::Backlog).queued_at(ago(10))),
        ("b", RestoredTask::new(Column::InProgress).turns(3)),
        ("c", RestoredTask::new(Column::WaitingApproval).waiting_since(ago(60)).queued_at(ago(60))),
        ("d", RestoredTask::new(Column::Verified)),
    ] {
        project.restore_task(id, task);
        project.restore_task(id, RestoredTask::new(Column::Backlog));
    }
    project.restore_session("s1");
    let agent = project.agent("coder");
    agent.set_resting(AgentStatus::Error);
    assert_eq!(fixture.columns(), [1.0; 4]);
    assert_eq!(fixture.statuses(), [0.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
    assert_eq!(fixture.gauge("agentpane_queue_depth", &[]), Some(1.0), "what waits for approval is in no queue");
    assert_eq!(fixture.gauge("agentpane_sessions_active", &[]), Some(1.0));
    for counter in fixture.metrics().names() {
        let is_counter = counter.starts_with("agentpane_") && counter.ends_with("created_total");
        let is_event = ["started_total", "completed_total", "projects_total", "runs_total", "turns_total"];
        let is_event = is_event.iter().any(|end| counter.ends_with(end));
        assert!(!is_counter && !is_event, "{counter}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_lasts_goes_on_where_it_was() {
    let fixture = Fixture::new();
    let project = fixture.agents.restore_project(PROJECT);
    let ago = |secs| SystemTime::now() - Duration::from_secs(secs);
    let created = RestoredTask::new(Column::InProgress).created_at(ago(3_600)).turns(12).cost_usd(0.25);
    let task = project.restore_task("t1", created);
    let run = project.agent("coder").prepare().task(&task).max_turns(50).after_turns(12).start();
    assert_eq!(fixture.gauge("agentpane_agent_current_turn", &[]), Some(12.0));
    let turn = run.turn();
    assert_eq!(turn.number(), 13);
    run.spent(&telemetry_core::scope::Spent::default().with_cost_usd(0.5));
    turn.complete();
    run.complete();
    task.move_to(Column::WaitingApproval);
    tokio::time::advance(Duration::from_secs(400)).await;
    task.approve("ada");
    let metrics = fixture.metrics();
    let sum = |name| metrics.histogram(name, &[("project_id", PROJECT)]).sum;
    let near = |name, expected: f64| {
        let sum = sum(name);
        assert!((sum - expected).abs() < 5.0, "{name}: {sum}");
    };
    near("agentpane_task_duration_seconds", 4_000.0);
    near("agentpane_approval_wait_seconds", 400.0);
    assert_eq!(sum("agentpane_agent_turns_per_task"), 13.0);
    assert_eq!(sum("agentpane_task_cost_usd"), 0.75);
    metrics.assert_counter("agentpane_agent_turns_total", &[("agent_id", "coder")], 1.0);
    metrics.assert_absent("agentpane_tasks_started_total", &[]);
}

#[test]
fn a_time_that_is_yet_to_come_is_now() {
    let fixture = Fixture::new();
    let project = fixture.agents.restore_project(PROJECT);
    let tomorrow = SystemTime::now() + Duration::from_secs(86_400);
    let task = project.restore_task("t1", RestoredTask::new(Column::InProgress).created_at(tomorrow));
    task.move_to(Column::Verified);
    assert!(fixture.metrics().histogram("agentpane_task_duration_seconds", &[]).sum < 60.0);
}

#[test]
fn one_that_was_started_before_is_not_started_again() {
    let fixture = Fixture::new();
    let project = fixture.agents.restore_project(PROJECT);
    project.restore_task("old", RestoredTask::new(Column::Backlog).started()).move_to(Column::InProgress);
    fixture.assert_no_series("agentpane_tasks_started_total", &[]);
    project.restore_task("new", RestoredTask::new(Column::Backlog)).move_to(Column::InProgress);
    fixture.assert_counter("agentpane_tasks_started_total", &[("project_id", PROJECT)], 1.0);
}
