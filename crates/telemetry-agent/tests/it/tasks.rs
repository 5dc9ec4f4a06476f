//! Tasks: columns, queue, approvals, and what is counted of them.

use std::time::Duration;

use telemetry_agent::labels::Column;

use crate::fixture::{Fixture, PROJECT};

const OF_PROJECT: [(&str, &str); 1] = [("project_id", PROJECT)];

#[test]
fn a_task_is_in_one_column_at_a_time() {
    let fixture = Fixture::new();
    let project = fixture.project();
    let task = project.create_task("t1");
    let _other = project.create_task("t2");
    assert_eq!(fixture.columns(), [2.0, 0.0, 0.0, 0.0]);
    task.move_to(Column::InProgress);
    assert_eq!(fixture.columns(), [1.0, 1.0, 0.0, 0.0]);
    task.move_to(Column::WaitingApproval);
    assert_eq!(fixture.columns(), [1.0, 0.0, 1.0, 0.0]);
    task.approve("ada");
    assert_eq!(fixture.columns(), [1.0, 0.0, 0.0, 1.0]);
    task.remove();
    assert_eq!(fixture.columns(), [1.0, 0.0, 0.0, 0.0]);
    assert_eq!(task.column(), None);
    task.move_to(Column::Verified);
    assert_eq!(fixture.columns(), [1.0, 0.0, 0.0, 0.0], "what is said of a removed task changes nothing");
    fixture.assert_counter("agentpane_tasks_created_total", &OF_PROJECT, 2.0);
    fixture.assert_counter("agentpane_tasks_started_total", &OF_PROJECT, 1.0);
    fixture.assert_counter("agentpane_tasks_completed_total", &OF_PROJECT, 1.0);
    fixture.assert_counter("agentpane_approvals_total", &[("outcome", "approved")], 1.0);
    fixture.assert_total("agentpane_approvals_total", &[], 1.0);
}

#[tokio::test(start_paused = true)]
async fn how_long_it_took_waited_and_was_queued_is_told_when_it_is_over() {
    let fixture = Fixture::new();
    let task = fixture.project().create_task("t1");
    let pass = |secs| tokio::time::advance(Duration::from_secs(secs));
    task.enqueue();
    pass(45).await;
    assert_eq!(task.queued_for(), Some(Duration::from_secs(45)));
    assert_eq!(fixture.gauge("agentpane_queue_depth", &OF_PROJECT), Some(1.0));
    task.move_to(Column::InProgress);
    assert_eq!(fixture.gauge("agentpane_queue_depth", &OF_PROJECT), Some(0.0));
    pass(100).await;
    task.move_to(Column::WaitingApproval);
    pass(200).await;
    task.reject("ada");
    assert_eq!(task.column(), Some(Column::InProgress));
    pass(10).await;
    task.move_to(Column::WaitingApproval);
    pass(30).await;
    task.approve("ada");
    let metrics = fixture.metrics();
    let sum = |name| metrics.histogram(name, &OF_PROJECT).sum;
    assert_eq!(sum("agentpane_queue_wait_seconds"), 45.0);
    assert_eq!(sum("agentpane_approval_wait_seconds"), 230.0);
    assert_eq!(sum("agentpane_task_duration_seconds"), 385.0);
    assert_eq!(metrics.histogram("agentpane_approval_wait_seconds", &OF_PROJECT).count, 2);
    metrics.assert_counter("agentpane_approvals_total", &[("outcome", "rejected")], 1.0);
    metrics.assert_counter("agentpane_task_rejections_total", &OF_PROJECT, 1.0);
    metrics.assert_counter("agentpane_tasks_started_total", &OF_PROJECT, 1.0);
}

#[test]
fn what_leaves_the_queue_without_being_taken_has_not_waited_for_an_agent() {
    let fixture = Fixture::new();
    let project = fixture.project();
    for leave in [
        |task: &telemetry_agent::Task| task.dequeue(),
        |task: &telemetry_agent::Task| task.remove(),
        |task: &telemetry_agent::Task| task.move_to(Column::WaitingApproval),
    ] {
        let task = project.create_task("t1");
        task.enqueue();
        task.enqueue();
        assert_eq!(fixture.gauge("agentpane_queue_depth", &OF_PROJECT), Some(1.0));
        leave(&task);
        assert_eq!(fixture.gauge("agentpane_queue_depth", &OF_PROJECT), Some(0.0));
        task.remove();
    }
    fixture.assert_no_series("agentpane_queue_wait_seconds", &[]);
}

#[test]
fn two_who_decide_about_the_same_task_are_one_decision() {
    let fixture = Fixture::new();
    let task = fixture.project().create_task("t1");
    task.move_to(Column::WaitingApproval);
    task.approve("ada");
    task.approve("bob");
    fixture.assert_counter("agentpane_approvals_total", &[("outcome", "approved")], 1.0);
    fixture.assert_counter("agentpane_tasks_completed_total", &OF_PROJECT, 1.0);
}

#[test]
fn one_that_is_opened_again_is_started_and_completed_again() {
    let fixture = Fixture::new();
    let task = fixture.project().create_task("t1");
    for column in [Column::InProgress, Column::Backlog, Column::InProgress, Column::Verified] {
        task.move_to(column);
    }
    fixture.assert_counter("agentpane_tasks_started_total", &OF_PROJECT, 1.0);
    for column in [Column::Backlog, Column::InProgress, Column::Verified] {
        task.move_to(column);
    }
    fixture.assert_counter("agentpane_tasks_started_total", &OF_PROJECT, 2.0);
    fixture.assert_counter("agentpane_tasks_completed_total", &OF_PROJECT, 2.0);
}

#[test]
fn a_removed_task_and_one_of_its_id_are_two() {
    let fixture = Fixture::new();
    let project = fixture.project();
    let old = project.create_task("t1");
    old.remove();
    let new = project.create_task("t1");
    old.move_to(Column::Verified);
    old.remove();
    assert_eq!(new.column(), Some(Column::Backlog));
    assert_eq!(fixture.columns(), [1.0, 0.0, 0.0, 0.0]);
    assert_eq!(project.task("t1").and_then(|task| task.column()), Some(Column::Backlog));
}

#[test]
fn the_detail_labels_name_task_and_session_where_they_are_on() {
    use telemetry_agent::AgentSettings;
    use telemetry_core::MeterSettings;
    use telemetry_testkit::TestTelemetry;

    for detail_labels in [false, true] {
        let settings = MeterSettings { detail_labels, ..MeterSettings::default() };
        let fixture = Fixture::of(TestTelemetry::builder().meter_settings(settings), AgentSettings::default());
        let project = fixture.project();
        let task = project.create_task("t1");
        task.move_to(Column::WaitingApproval);
        task.reject("ada");
        project.create_session("s1").event("message");
        let metrics = fixture.metrics();
        let rejected = metrics.one("agentpane_task_rejections_total", &[]);
        assert_eq!(rejected.label("task_id"), detail_labels.then_some("t1"));
        assert_eq!(rejected.label("project_id"), Some(PROJECT));
        let event = metrics.one("agentpane_session_events_total", &[]);
        assert_eq!(event.label("session_id"), detail_labels.then_some("s1"));
        assert_eq!(event.label("event_type"), Some("message"));
    }
}
