//! A million of what ends, in a program of its own: nothing of it stays.

use std::ops::Range;

use telemetry_agent::Agents;
use telemetry_agent::labels::Column;
use telemetry_core::scope::Spent;
use telemetry_testkit::TestTelemetry;

#[test]
fn a_million_agents_tasks_and_sessions_leave_nothing_behind() {
    let telemetry = TestTelemetry::new();
    let agents = Agents::new(telemetry.meter());
    let project = agents.create_project("storefront");
    let live = |numbers: Range<u32>| {
        allocation_counter::measure(|| {
            for number in numbers {
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
        })
        .bytes_current
    };
    // As many as have series of their own, and the tables that hold them.
    live(0..30_000);
    let kept = live(30_000..1_000_000);
    assert!(kept.abs() < 64 * 1024, "{kept} bytes of 970,000");
    let metrics = telemetry.metrics();
    metrics.assert_total("agentpane_agent_runs_total", &[], 1_000_000.0);
    metrics.assert_total("agentpane_agents_total", &[], 0.0);
    metrics.assert_total("agentpane_tasks_total", &[], 0.0);
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
