//! What agents at work allocate, in a program of its own: nothing else may allocate meanwhile.

use telemetry_agent::Agents;
use telemetry_core::scope::{self, Spent};
use telemetry_testkit::TestTelemetry;

#[test]
fn a_turn_with_a_tool_call_and_its_cost_allocate_nothing_without_spans() {
    for telemetry in [TestTelemetry::new(), TestTelemetry::builder().unsampled().build()] {
        let agents = Agents::new(telemetry.meter());
        let project = agents.create_project("storefront");
        let task = project.create_task("fix-the-cart");
        let run = project.agent("coder").run(&task);
        let work = || {
            let turn = run.turn();
            turn.in_scope(|| scope::report(&Spent::tokens(1_000, 200).with_cost_usd(0.0042)));
            turn.tool_call("Read").succeed();
            turn.tool_call("Bash").deny();
            turn.complete();
        };
        let counted = || {
            work();
            allocation_counter::measure(|| (0..100).for_each(|_| work())).count_total
        };
        assert_eq!(counted(), 0, "without a subscriber");
        let parent = opentelemetry::Context::new();
        let _entered = telemetry.enter();
        let _unsampled = telemetry_core::trace::scoped(telemetry_core::trace::Sampling::AlwaysOff);
        tracing::subscriber::with_default(tracing::subscriber::NoSubscriber::default(), || {
            let _attached = parent.attach();
            let run = project.agent("coder").run(&task);
            let work = || {
                let turn = run.turn();
                turn.in_scope(|| scope::report(&Spent::tokens(1_000, 200).with_cost_usd(0.0042)));
                turn.tool_call("Read").succeed();
                turn.complete();
            };
            work();
            let counted = allocation_counter::measure(|| (0..100).for_each(|_| work()));
            assert_eq!(counted.count_total, 0, "of a trace that is not sampled");
        });
        let metrics = telemetry.metrics();
        metrics.assert_total("agentpane_agent_turns_total", &[], 202.0);
        assert!((metrics.total("agentpane_agent_cost_usd_total", &[]) - 202.0 * 0.0042).abs() < 1e-6);
    }
}
