//! Costs of calls, runs, agents and tasks add up, whatever runs within whatever, and wherever a call is made.

use std::collections::BTreeSet;
use std::thread;

use proptest::collection::vec;
use proptest::prelude::*;
use telemetry_agent::labels::Column;
use telemetry_agent::{Project, Run, Task};
use telemetry_core::scope::{self, Spent};
use tokio::runtime::{Builder, Runtime};

use crate::fixture::Fixture;

const AGENTS: [&str; 3] = ["planner", "coder", "reviewer"];
const TASKS: [&str; 3] = ["t0", "t1", "t2"];

/// What is done within a run.
#[derive(Debug, Clone)]
enum Step {
    /// Something that costs so many millionths of a dollar.
    Call(u64, By),
    /// A run of a sub-agent, maybe of a task.
    Run(usize, Option<usize>, Vec<Step>),
}

/// By what a call is made.
#[derive(Debug, Clone, Copy)]
enum By {
    Run,
    Turn,
    ToolCall,
    SpawnedTask,
    Callback,
    Application,
}

fn call() -> impl Strategy<Value = Step> {
    let by = [By::Run, By::Turn, By::ToolCall, By::SpawnedTask, By::Callback, By::Application];
    (1_u64..5_000_000, proptest::sample::select(by.to_vec())).prop_map(|(micros, by)| Step::Call(micros, by))
}

fn steps() -> impl Strategy<Value = Step> {
    call().prop_recursive(5, 40, 6, |inner| {
        (0..AGENTS.len(), proptest::option::of(0..TASKS.len()), vec(inner, 0..6))
            .prop_map(|(agent, task, steps)| Step::Run(agent, task, steps))
    })
}

/// What was spent on what, in millionths of a dollar.
#[derive(Debug, Default)]
struct Books {
    calls: u64,
    runs: u64,
    agents: [u64; AGENTS.len()],
    tasks: [Option<u64>; TASKS.len()],
}

struct Platform {
    project: Project,
    tasks: Vec<Task>,
    runtime: Runtime,
    books: Books,
}

fn micros(usd: Option<f64>) -> Option<u64> {
    usd.map(|usd| (usd * 1e6).round() as u64)
}

impl Platform {
    fn new(fixture: &Fixture) -> Self {
        let project = fixture.project();
        let tasks = TASKS.iter().map(|id| project.create_task(id)).collect();
        let runtime = Builder::new_current_thread().build().expect("a runtime");
        Self { project, tasks, runtime, books: Books::default() }
    }

    /// A run to its end, within another or none. Paying are the tasks around it.
    fn run(
        &mut self,
        within: Option<&Run>,
        (agent, task): (usize, Option<usize>),
        steps: &[Step],
        paying: &BTreeSet<usize>,
    ) {
        let handle = self.project.agent(AGENTS[agent]);
        let start = || match task {
            Some(task) => handle.run(&self.tasks[task]),
            None => handle.prepare().start(),
        };
        let run = within.map_or_else(start, |within| within.in_scope(start));
        let paying: BTreeSet<usize> = paying.iter().copied().chain(task).collect();
        let mut own = None;
        for step in steps {
            match step {
                Step::Call(micros, by) => {
                    self.call(&run, *micros, *by);
                    *own.get_or_insert(0) += micros;
                    self.books.calls += micros;
                    self.books.agents[agent] += micros;
                    for task in &paying {
                        *self.books.tasks[*task].get_or_insert(0) += micros;
                    }
                }
                Step::Run(agent, task, steps) => self.run(Some(&run), (*agent, *task), steps, &paying),
            }
        }
        assert_eq!(micros(run.cost_usd()), own, "of a run, without its sub-agents");
        self.books.runs += own.unwrap_or(0);
        run.complete();
    }

    fn call(&self, run: &Run, micros: u64, by: By) {
        let spent = Spent::tokens(micros, 1).with_cost_usd(micros as f64 / 1e6);
        match by {
            By::Run => run.in_scope(|| scope::report(&spent)),
            By::Turn => run.turn().in_scope(|| scope::report(&spent)),
            By::ToolCall => run.turn().tool_call("Read").in_scope(|| scope::report(&spent)),
            By::SpawnedTask => {
                let work = run.instrument(async move { scope::report(&spent) });
                self.runtime.block_on(async { tokio::spawn(work).await.expect("it runs") });
            }
            By::Callback => {
                let scope = run.scope().clone();
                thread::spawn(move || scope.report(&spent)).join().expect("it reports");
            }
            By::Application => run.spent(&spent),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn costs_of_calls_runs_agents_and_tasks_add_up(
        all in vec((0..AGENTS.len(), proptest::option::of(0..TASKS.len()), vec(steps(), 0..8)), 1..4)
    ) {
        let fixture = Fixture::new();
        let mut platform = Platform::new(&fixture);
        for (agent, task, steps) in &all {
            platform.run(None, (*agent, *task), steps, &BTreeSet::new());
        }
        let books = &platform.books;
        prop_assert_eq!(books.calls, books.runs);
        let cost = |agent| fixture.total("agentpane_agent_cost_usd_total", &[("agent_id", agent)]);
        prop_assert_eq!(AGENTS.map(|agent| micros(Some(cost(agent))).unwrap_or(0)), books.agents);
        prop_assert_eq!(books.agents.iter().sum::<u64>(), books.calls, "each dollar is one agent's");
        prop_assert_eq!(fixture.total("agentpane_agent_tokens_total", &[("type", "prompt")]), books.calls as f64);
        let tasks: Vec<_> = platform.tasks.iter().map(|task| micros(task.cost_usd())).collect();
        prop_assert_eq!(&tasks[..], &books.tasks[..], "a task pays what is spent within its runs, once");
        platform.tasks.iter().for_each(|task| task.move_to(Column::Verified));
        let completed: Vec<u64> = books.tasks.iter().copied().flatten().collect();
        if completed.is_empty() {
            fixture.assert_no_series("agentpane_task_cost_usd", &[]);
        } else {
            let metrics = fixture.metrics();
            let told = metrics.histogram("agentpane_task_cost_usd", &[]);
            prop_assert_eq!(told.count, completed.len() as u64);
            prop_assert_eq!(micros(Some(told.sum)), Some(completed.iter().sum()));
        }
    }
}
