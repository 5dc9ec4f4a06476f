//! Cost where it arises: calls to models are counted for the agent that made them and for its task, though neither domain
//! knows of the other.
#![cfg(all(feature = "agent", feature = "llm"))]

use std::thread;

use telemetry::agent::Agents;
use telemetry::agent::labels::Column;
use telemetry::llm::{Llm, Usage};
use telemetry_testkit::TestTelemetry;

/// A call of a thousand tokens and two hundred, at a price that the application knows.
fn call(llm: &Llm, cents: u32) {
    let mut call = llm.start("openai", "gpt-4o");
    call.cost_usd(f64::from(cents) / 100.0);
    drop(call.succeed(Usage::new(1_000, 200)));
}

#[tokio::test]
async fn calls_of_models_are_counted_for_the_agent_and_its_task() {
    for telemetry in [TestTelemetry::new(), TestTelemetry::builder().unsampled().build()] {
        let (agents, llm) = (Agents::new(telemetry.meter()), Llm::new(telemetry.meter()));
        let project = agents.create_project("storefront");
        let task = project.create_task("fix-the-cart");
        let work = async {
            let run = project.agent("coder").run(&task);
            let turn = run.turn();
            turn.instrument(async { call(&llm, 1) }).await;
            // By a task that is spawned, by the callback of a child process, by a call that ends on another thread.
            let spawned = llm.clone();
            tokio::spawn(turn.instrument(async move { call(&spawned, 2) })).await.expect("it runs");
            let (of_run, callback) = (run.scope().clone(), llm.clone());
            thread::spawn(move || of_run.in_scope(|| call(&callback, 4))).join().expect("it is called");
            let mut begun = turn.in_scope(|| llm.start("openai", "gpt-4o"));
            thread::spawn(move || {
                begun.cost_usd(0.08);
                drop(begun.succeed(Usage::new(1_000, 200)));
            })
            .join()
            .expect("it ends there");
            // By a sub-agent, for its own and for the task that it helps with.
            let helper = turn.in_scope(|| project.agent("reviewer").prepare().start());
            helper.turn().in_scope(|| call(&llm, 16));
            helper.complete();
            turn.complete();
            run.complete();
            call(&llm, 32);
        };
        telemetry.capture(work).await;
        task.move_to(Column::Verified);
        let metrics = telemetry.metrics();
        let cents = |metric, agent| (metrics.total(metric, &[("agent_id", agent)]) * 100.0).round();
        assert_eq!(cents("agentpane_agent_cost_usd_total", "coder"), 15.0);
        assert_eq!(cents("agentpane_agent_cost_usd_total", "reviewer"), 16.0);
        assert_eq!((metrics.total("llm_provider_cost_usd_total", &[]) * 100.0).round(), 63.0, "one call was nobody's");
        metrics.assert_total("agentpane_agent_tokens_total", &[("agent_id", "coder")], 4.0 * 1_200.0);
        let of_task = metrics.histogram("agentpane_task_cost_usd", &[("project_id", "storefront")]);
        assert_eq!((of_task.count, (of_task.sum * 100.0).round()), (1, 31.0));
    }
}
