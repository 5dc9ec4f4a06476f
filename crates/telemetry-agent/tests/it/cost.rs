//! Cost where it arises: for the agent, the task, and whoever is around them.

use std::sync::{Arc, Mutex};

use telemetry_agent::labels::Column;
use telemetry_core::scope::{self, Ledger, Reach, Spent};
use telemetry_testkit::TestTelemetry;

use crate::fixture::{Fixture, PROJECT};

const COST: &str = "agentpane_agent_cost_usd_total";

fn cents(cents: u32) -> Spent {
    Spent::tokens(10, 5).with_cost_usd(f64::from(cents) / 100.0)
}

/// The cost of an agent, in cents.
fn cost_of(fixture: &Fixture, agent: &str) -> u64 {
    (fixture.total(COST, &[("agent_id", agent)]) * 100.0).round() as u64
}

#[test]
fn what_is_reported_in_a_run_counts_for_its_agent_and_its_task() {
    let fixture = Fixture::new();
    let project = fixture.project();
    let task = project.create_task("t1");
    let run = project.agent("coder").run(&task);
    scope::report(&cents(1_000));
    run.in_scope(|| scope::report(&cents(1)));
    let turn = run.turn();
    turn.in_scope(|| scope::report(&cents(2)));
    let call = turn.tool_call("Search");
    call.in_scope(|| scope::report(&cents(4)));
    run.spent(&cents(8));
    let of_callback = run.scope().clone();
    std::thread::spawn(move || of_callback.report(&cents(16))).join().expect("it reports");
    call.succeed();
    turn.complete();
    assert_eq!(run.cost_usd().map(|usd| (usd * 100.0).round()), Some(31.0));
    run.complete();
    assert_eq!(cost_of(&fixture, "coder"), 31);
    let tokens = |kind| fixture.total("agentpane_agent_tokens_total", &[("agent_id", "coder"), ("type", kind)]);
    assert_eq!((tokens("prompt"), tokens("completion")), (50.0, 25.0));
    task.move_to(Column::Verified);
    let metrics = fixture.metrics();
    let cost = metrics.histogram("agentpane_task_cost_usd", &[("project_id", PROJECT)]);
    assert_eq!((cost.count, (cost.sum * 100.0).round()), (1, 31.0));
}

#[test]
fn where_no_cost_is_known_none_is_told() {
    let fixture = Fixture::new();
    let project = fixture.project();
    let task = project.create_task("t1");
    let run = project.agent("coder").run(&task);
    run.spent(&Spent::tokens(10, 5));
    assert_eq!((run.cost_usd(), task.cost_usd()), (None, None));
    run.complete();
    task.move_to(Column::Verified);
    fixture.assert_no_series("agentpane_task_cost_usd", &[]);
    fixture.assert_no_series(COST, &[]);
    fixture.assert_total("agentpane_agent_tokens_total", &[], 15.0);
}

#[test]
fn a_sub_agents_cost_is_its_own_and_a_share_of_its_parents_task_once() {
    let fixture = Fixture::new();
    let project = fixture.project();
    let [outer, inner, same] = ["outer", "inner", "same"].map(|id| project.create_task(id));
    let planner = project.agent("planner").run(&outer);
    planner.in_scope(|| {
        scope::report(&cents(1));
        // With a task of its own, without one, and of the same task.
        let coder = project.agent("coder").run(&inner);
        coder.in_scope(|| {
            scope::report(&cents(2));
            let reviewer = project.agent("reviewer").run(&outer);
            reviewer.in_scope(|| scope::report(&cents(4)));
            reviewer.complete();
        });
        coder.complete();
        let searcher = project.agent("searcher").prepare().start();
        searcher.turn().in_scope(|| scope::report(&cents(8)));
        searcher.complete();
    });
    planner.complete();
    let own = ["planner", "coder", "reviewer", "searcher"].map(|agent| cost_of(&fixture, agent));
    assert_eq!(own, [1, 2, 4, 8], "each agent has its own: they add up to what was spent");
    let in_cents = |task: &telemetry_agent::Task| task.cost_usd().map(|usd| (usd * 100.0).round());
    assert_eq!(in_cents(&outer), Some(15.0));
    assert_eq!(in_cents(&inner), Some(6.0));
    assert_eq!(in_cents(&same), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cost_finds_its_run_through_spawned_tasks_sampled_or_not() {
    for telemetry in [TestTelemetry::new(), TestTelemetry::builder().unsampled().build()] {
        let agents = telemetry_agent::Agents::new(telemetry.meter());
        let project = agents.create_project(PROJECT);
        let work = async {
            let run = project.agent("coder").run(&project.create_task("t1"));
            let turn = run.turn();
            let by_turn = tokio::spawn(turn.instrument(async { scope::report(&cents(1)) }));
            let by_run = tokio::spawn(run.instrument(async {
                let span = tracing::info_span!("work");
                tracing::Instrument::instrument(tokio::task::yield_now(), span).await;
                scope::report(&cents(2));
            }));
            by_turn.await.expect("it runs");
            by_run.await.expect("it runs");
            turn.complete();
            run.complete();
        };
        telemetry.capture(work).await;
        let sum = telemetry.metrics().total(COST, &[("agent_id", "coder")]);
        assert_eq!((sum * 100.0).round(), 3.0);
    }
}

#[test]
fn it_works_without_any_subscriber() {
    let telemetry = TestTelemetry::new();
    let agents = telemetry_agent::Agents::new(telemetry.meter());
    let project = agents.create_project(PROJECT);
    let run = project.agent("coder").prepare().start();
    let turn = run.turn();
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(turn.instrument(async { scope::report(&cents(3)) }));
    turn.tool_call("Search").in_scope(|| scope::report(&cents(4)));
    assert!(scope::current().is_none());
    assert_eq!((telemetry.metrics().total(COST, &[]) * 100.0).round(), 7.0);
}

#[test]
fn an_application_has_scopes_of_its_own_around_and_within() {
    struct Tenant(Mutex<Vec<Reach>>);
    impl Ledger for Tenant {
        fn kind(&self) -> &'static str {
            "tenant"
        }

        fn spent(&self, _: &Spent, reach: Reach) {
            if let Ok(mut told) = self.0.lock() {
                told.push(reach);
            }
        }
    }
    let fixture = Fixture::new();
    let project = fixture.project();
    let tenant = Arc::new(Tenant(Mutex::default()));
    let feature = Arc::new(Tenant(Mutex::default()));
    let run = scope::open(tenant.clone()).in_scope(|| project.agent("coder").prepare().start());
    run.in_scope(|| scope::open(feature.clone()).in_scope(|| scope::report(&cents(5))));
    run.complete();
    assert_eq!(cost_of(&fixture, "coder"), 5);
    let told = |tenant: &Tenant| tenant.0.lock().map(|told| told.clone()).unwrap_or_default();
    assert_eq!(told(&feature), [Reach::Own]);
    assert_eq!(told(&tenant), [Reach::Inner], "of one kind, the innermost has it for its own");
}

#[test]
fn what_is_reported_after_the_end_counts_yet() {
    let fixture = Fixture::new();
    let project = fixture.project();
    let task = project.create_task("t1");
    let run = project.agent("coder").run(&task);
    let scope = run.scope().clone();
    run.complete();
    scope.report(&cents(5));
    assert_eq!(cost_of(&fixture, "coder"), 5);
    assert_eq!(task.cost_usd(), Some(0.05));
    fixture.assert_no_series("agentpane_agent_last_activity_timestamp", &[]);
}
