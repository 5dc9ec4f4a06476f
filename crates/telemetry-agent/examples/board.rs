//! An agent works on a task, which is then approved: what is recorded of it.
#![expect(clippy::print_stdout, reason = "it shows what was recorded")]

use telemetry_agent::labels::Column;
use telemetry_agent::{Agents, Refused};
use telemetry_core::scope::{self, Spent};
use telemetry_testkit::TestTelemetry;

fn main() -> Result<(), Refused> {
    let telemetry = TestTelemetry::entered();
    // In an application: `Agents::global()`, once `Telemetry` is there.
    let agents = Agents::new(telemetry.meter());
    let project = agents.create_project("storefront");
    let task = project.create_task("fix-the-cart");
    let coder = project.agent("coder");

    let run = coder.prepare().task(&task).max_turns(50).conversation("session-7").try_start()?;
    for _ in 0..3 {
        let turn = run.try_turn()?;
        // As a call to a model reports it.
        turn.in_scope(|| scope::report(&Spent::tokens(1_200, 300).with_cost_usd(0.0081)));
        turn.tool_call("Read").succeed();
        turn.complete();
    }
    run.complete();
    task.try_move_to(Column::WaitingApproval)?;
    task.try_approve("ada")?;

    println!("{}\n\n{}\n\n{}", telemetry.metrics(), telemetry.spans(), telemetry.logs());
    Ok(())
}
