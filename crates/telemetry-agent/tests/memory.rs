//! A million of what ends, in a program of its own: nothing of it stays.

use telemetry_agent::labels::Column;
use telemetry_agent::{Agents, Project};
use telemetry_core::scope::Spent;
use telemetry_testkit::TestTelemetry;

/// Three times as many come and go: an agent, a task and a session each.
const EACH: u32 = 333_340;
const TENTHS: u32 = 10;

/// An agent, a task and a session from their beginning to their end, under names that nothing else has.
fn live(project: &Project, number: u32) {
    let id = format!("{number:08}");
    let task = project.create_task(&id);
    task.enqueue();
    let session = project.create_session(&id);
    let user = session.join(&id);
    session.event(&id);
    let run = project.agent(&id).run(&task);
    let turn = run.turn();
    turn.tool_call(&id).succeed();
    turn.complete();
    run.spent(&Spent::tokens(1, 1).with_cost_usd(0.01));
    run.complete();
    task.move_to(Column::WaitingApproval);
    task.reject(&id);
    task.move_to(Column::Verified);
    task.remove();
    drop(user);
    session.end();
}

#[test]
fn a_million_agents_tasks_and_sessions_leave_nothing_behind() {
    let telemetry = TestTelemetry::new();
    let agents = Agents::new(telemetry.meter());
    let project = agents.create_project("storefront");
    let kept = |tenth: u32| {
        let numbers = EACH / TENTHS * tenth..EACH / TENTHS * (tenth + 1);
        allocation_counter::measure(|| numbers.for_each(|number| live(&project, number))).bytes_current
    };
    // As many as have series of their own, and the tables that hold them.
    kept(0);
    for tenth in 1..TENTHS {
        let kept = kept(tenth);
        assert!(kept.abs() < 4 * 1024, "{kept} bytes of tenth {tenth}");
    }
    let metrics = telemetry.metrics();
    metrics.assert_total("agentpane_agent_runs_total", &[], f64::from(EACH));
    metrics.assert_total("agentpane_tasks_completed_total", &[], f64::from(EACH));
    metrics.assert_total("agentpane_session_events_total", &[], f64::from(EACH));
    metrics.assert_total("agentpane_agents_total", &[], 0.0);
    metrics.assert_total("agentpane_tasks_total", &[], 0.0);
    metrics.assert_total("agentpane_sessions_active", &[], 0.0);
    for gauge in [
        "agentpane_agent_status",
        "agentpane_agent_current_turn",
        "agentpane_agent_last_activity_timestamp",
        "agentpane_session_participants",
    ] {
        metrics.assert_absent(gauge, &[]);
    }
    assert!(metrics.series().len() < 1_000, "{}", metrics.series().len());
}
