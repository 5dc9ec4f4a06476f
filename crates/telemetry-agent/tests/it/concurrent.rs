//! Many threads at once: nothing is lost or counted twice, and what is shown adds up at each moment.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use telemetry_agent::Agents;
use telemetry_agent::labels::Column;
use telemetry_core::scope::Spent;
use telemetry_core::{Label as _, Operation, operation_span};
use telemetry_testkit::TestTelemetry;

const THREADS: u32 = 4;
const ROUNDS: u32 = 200;

#[test]
fn tasks_and_agents_add_up_at_every_collection() {
    let telemetry = TestTelemetry::new();
    let agents = Agents::new(telemetry.meter());
    let project = agents.create_project("p");
    let tasks: Vec<_> = (0..20).map(|number| project.create_task(&format!("t{number}"))).collect();
    let held: Vec<_> = (0..5).map(|number| project.agent(&format!("a{number}"))).collect();
    let is_over = AtomicBool::new(false);
    thread::scope(|threads| {
        let workers: Vec<_> = (0..THREADS)
            .map(|thread| {
                let (tasks, held) = (&tasks, &held);
                threads.spawn(move || {
                    for round in 0..ROUNDS {
                        let task = &tasks[((thread * 7 + round * 13) % 20) as usize];
                        task.move_to(Column::ALL[((thread + round) % 4) as usize]);
                        task.enqueue();
                        let run = held[((thread + round) % 5) as usize].run(task);
                        run.turn().complete();
                        run.pause();
                        match round % 3 {
                            0 => run.complete(),
                            1 => run.reach_turn_limit(),
                            _ => drop(run),
                        }
                    }
                })
            })
            .collect();
        let collector = threads.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                let metrics = telemetry.metrics();
                metrics.assert_total("agentpane_tasks_total", &[], 20.0);
                metrics.assert_total("agentpane_agents_total", &[], 5.0);
                metrics.assert_total("agentpane_agent_status", &[], 5.0);
            }
        });
        for worker in workers {
            worker.join().expect("it works");
        }
        is_over.store(true, Ordering::Relaxed);
        collector.join().expect("it adds up");
    });
    let metrics = telemetry.metrics();
    let total = f64::from(THREADS * ROUNDS);
    metrics.assert_total("agentpane_agent_runs_total", &[], total);
    metrics.assert_total("agentpane_agent_turns_total", &[], total);
    metrics.assert_total("agentpane_agents_total", &[("status", "running")], 0.0);
    drop(held);
    telemetry.metrics().assert_total("agentpane_agents_total", &[], 0.0);
}

#[test]
fn what_threads_make_and_end_and_spend_is_counted_once() {
    let telemetry = TestTelemetry::new();
    let agents = Agents::new(telemetry.meter());
    let project = agents.create_project("p");
    let shared = project.create_task("shared");
    thread::scope(|threads| {
        for thread in 0..THREADS {
            let (project, shared) = (project.clone(), shared.clone());
            threads.spawn(move || {
                for round in 0..ROUNDS {
                    let task = project.create_task(&format!("t{}", round % 50));
                    let session = project.create_session(&format!("s{}", round % 10));
                    let ada = session.join(&format!("user-{thread}"));
                    let run = project.agent(&format!("a{}", round % 3)).run(&shared);
                    run.spent(&Spent::tokens(1, 1).with_cost_usd(0.01));
                    let turn = run.turn();
                    turn.tool_call("Read").succeed();
                    drop(turn);
                    drop(run);
                    drop(ada);
                    if round % 10 == 9 {
                        session.end();
                    }
                    task.remove();
                }
            });
        }
    });
    let total = f64::from(THREADS * ROUNDS);
    let metrics = telemetry.metrics();
    metrics.assert_total("agentpane_agent_runs_total", &[("status", "cancelled")], total);
    metrics.assert_total("agentpane_tool_calls_total", &[], total);
    metrics.assert_total("agentpane_agents_total", &[], 0.0);
    metrics.assert_total("agentpane_tasks_total", &[], 1.0);
    metrics.assert_total("agentpane_session_participants", &[], 0.0);
    let cents = (metrics.total("agentpane_agent_cost_usd_total", &[]) * 100.0).round();
    assert_eq!(cents, total);
    assert_eq!((shared.cost_usd().unwrap_or_default() * 100.0).round(), total);
    assert_eq!(f64::from(shared.turns()), total);
    for number in 0..10 {
        if let Some(session) = project.session(&format!("s{number}")) {
            session.end();
        }
    }
    telemetry.metrics().assert_total("agentpane_sessions_active", &[], 0.0);
    telemetry.assert_no_series("agentpane_session_participants", &[]);
}

#[test]
fn however_soon_a_task_that_was_rejected_is_taken_up_its_run_links_to_who_rejected_it() {
    let telemetry = TestTelemetry::new();
    let agents = Agents::new(telemetry.meter());
    let project = agents.create_project("p");
    let task = project.create_task("t");
    let rounds = 5 * ROUNDS;
    // Which column the task is in tells each side whose turn it is.
    let begun = Instant::now();
    let wait_for = |column: Column| {
        while task.column() != Some(column) {
            assert!(begun.elapsed() < Duration::from_secs(60), "it is never in {column:?}");
            thread::yield_now();
        }
    };
    thread::scope(|threads| {
        threads.spawn(|| {
            let _entered = telemetry.enter();
            let agent = project.agent("coder");
            for _ in 0..rounds {
                wait_for(Column::InProgress);
                agent.run(&task).complete();
                task.move_to(Column::WaitingApproval);
            }
        });
        let _entered = telemetry.enter();
        let request = Operation::start(|| operation_span!("request"));
        task.move_to(Column::WaitingApproval);
        for _ in 0..rounds {
            wait_for(Column::WaitingApproval);
            request.in_scope(|| task.reject("ada"));
        }
    });
    let spans = telemetry.spans();
    let request = spans.one("request");
    let runs = spans.named("agent.run");
    let linked = runs.iter().filter(|run| run.links.iter().any(|link| link.span_id == request.span_id)).count();
    assert_eq!((linked, runs.len()), (rounds as usize, rounds as usize), "runs that have their link, of all");
}
