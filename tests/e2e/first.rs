//! First values count: what short processes recorded is what `increase` says of them, on every way in.

use std::process::Command;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use telemetry::{Counter, Family, Histogram, Metrics, Telemetry};
use telemetry_tests::program::{Lines, Program, piped};
use telemetry_tests::prometheus::Prometheus;
use telemetry_tests::{Failure, poll};

use crate::contract::ARRIVE;
use crate::report::Report;
use crate::stack::{PULL_JOB, Site, Stack};

/// How long a short process may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// Processes that each have an identity of their own, and runs one after the other that share one.
const PROCESSES: usize = 3;
const RUNS: usize = 10;
/// What each of them records, once.
const TURNS: u64 = 7;
const COST: f64 = 500.0;
/// How much a sum may have more than there was: Prometheus takes it that a series goes on beyond its ends, at the most for
/// half of the time between two of its samples.
pub(crate) const EXTRAPOLATED: f64 = 1.5;

pub(crate) const OWN_IDENTITY: &str = "e2e-first";
const ONE_IDENTITY: &str = "e2e-first-runs";

/// What is measured of tasks on the command line.
#[derive(Metrics)]
#[metrics(scope = "e2e.first", entity(task))]
struct TaskMetrics {
    /// Turns of tasks
    #[metric(name = "e2e_task_turns_total")]
    turns: Counter,
    /// What tasks cost
    #[metric(name = "e2e_task_cost_usd_total")]
    cost: Counter<(), f64>,
    /// Latency of turns
    #[metric(name = "e2e_turn_seconds", unit = "s", buckets = [0.1, 0.25, 0.5, 1.0, 2.5, 5.0])]
    seconds: Histogram,
}

/// The latencies that each process records: so that 95 of 100 are at most `P95`.
pub(crate) fn latencies() -> impl Iterator<Item = f64> {
    (1..=100).map(|hundredth| f64::from(hundredth) * 0.02)
}

/// What `histogram_quantile` makes of them, interpolating within the bucket from 1 to 2.5 s, in which 50 lie.
pub(crate) const P95: f64 = 1.0 + 1.5 * (95.0 - 50.0) / 50.0;
/// The quantile itself, which is in the same bucket.
const TRUE_P95: f64 = 1.9;

/// What the process says at its end.
#[derive(Serialize, Deserialize)]
struct Spent {
    shutdown: String,
    complete: bool,
}

pub(crate) fn run(site: &Site, report: &mut Report) -> Result<(), Failure> {
    let stack = Stack::start(site)?;
    // Scraped before anything is recorded, so that what comes then is born between two scrapes.
    let pulled = Telemetry::builder(OWN_IDENTITY).endpoint("http://127.0.0.1:1").prometheus(([127, 0, 0, 1], 0).into());
    let pulled = pulled.build()?;
    stack.scrape_platform(pulled.prometheus_address().ok_or("the metrics are not served")?.port())?;
    let up = format!("up{{job=\"{PULL_JOB}\"}} == 1");
    poll::until(ARRIVE, "a scrape of this process", || match stack.scrape.query(&up)?.len() {
        1 => Ok::<_, Failure>(()),
        _ => Err("it is not up".into()),
    })?;
    spend(&Family::new(pulled.meter()), "pulled");

    for process in 0..PROCESSES {
        spend_in_process(site, &stack, OWN_IDENTITY, &format!("process-{process}"))?;
    }
    for _ in 0..RUNS {
        spend_in_process(site, &stack, ONE_IDENTITY, "cli")?;
    }
    report.progress(format!("{PROCESSES} processes and {RUNS} runs have recorded once and ended"));

    let whole = |processes: usize| u32::try_from(processes).map(f64::from);
    for (way, prometheus, job, processes) in [
        ("pushed, processes", &stack.push, OWN_IDENTITY, whole(PROCESSES)?),
        ("pushed, runs under one identity", &stack.push, ONE_IDENTITY, whole(RUNS)?),
        ("scraped from the collector, processes", &stack.scrape, OWN_IDENTITY, whole(PROCESSES)?),
        ("scraped from the process", &stack.scrape, PULL_JOB, 1.0),
    ] {
        let counted = poll::until(ARRIVE, "all that was recorded", || counted(prometheus, job, processes));
        report.check(format!("the sum of increases is what was recorded: {way}"), counted);
        let quantile = poll::until(ARRIVE, "the quantile", || quantile(prometheus, job));
        report.check(format!("p95 is the truth's within its bucket: {way}"), quantile);
    }
    drop(pulled.shutdown_within(Duration::ZERO));
    report.check("the collector and Prometheus end when asked", stack.stop());
    Ok(())
}

pub(crate) fn spend_in_process(site: &Site, stack: &Stack<'_>, service: &str, instance: &str) -> Result<(), Failure> {
    let mut command = piped(Command::new(std::env::current_exe()?));
    command.args(["--spend", &stack.endpoint()]).env("OTEL_SERVICE_NAME", service);
    command.env("OTEL_RESOURCE_ATTRIBUTES", format!("service.instance.id={instance}"));
    let mut program = Program::start("spender", &mut command, &site.folder)?;
    let (_, Some(output)) = program.pipes() else { return Err("the process has no output".into()) };
    let spent: Spent = serde_json::from_str(&Lines::of(output)?.next(PATIENCE)?)?;
    program.wait(PATIENCE)?;
    if spent.complete { Ok(()) } else { Err(spent.shutdown.into()) }
}

/// The process that records once, and exports once, at its end.
#[expect(clippy::print_stdout, reason = "whoever started it reads it")]
pub(crate) fn spend_once(endpoint: &str) -> Result<(), Failure> {
    let builder = Telemetry::builder(OWN_IDENTITY).from_env()?.endpoint(endpoint);
    let telemetry = builder.metric_interval(Duration::from_secs(3600)).build()?;
    spend(&Family::new(telemetry.meter()), "fix");
    let report = telemetry.shutdown_within(PATIENCE);
    let spent = Spent { shutdown: report.to_string(), complete: report.is_complete() };
    println!("{}", serde_json::to_string(&spent)?);
    Ok(())
}

fn spend(tasks: &Family<TaskMetrics>, task: &str) {
    let task = tasks.get(task);
    task.turns.add(TURNS);
    task.cost.add(COST);
    latencies().for_each(|latency| task.seconds.record(latency));
}

/// Whether what these processes recorded is there, and no more than Prometheus adds to every window.
fn counted(prometheus: &Prometheus, job: &str, processes: f64) -> Result<(), Failure> {
    let latencies_each = f64::from(u32::try_from(latencies().count())?);
    for (name, each) in [
        ("e2e_task_turns_total", TURNS as f64),
        ("e2e_task_cost_usd_total", COST),
        ("e2e_turn_seconds_count", latencies_each),
        ("e2e_turn_seconds_sum", latencies().sum()),
        ("e2e_turn_seconds_bucket{le=\"0.5\"}", 25.0),
    ] {
        let expected = each * processes;
        let (name, labels) = name.split_once('{').map_or((name, ""), |(name, labels)| (name, labels));
        let labels = labels.trim_end_matches('}');
        let series = format!("{name}{{job=\"{job}\",{labels}}}");
        let exact = one(prometheus, &format!("sum(increase({series}[10m] anchored))"))?;
        // Whole numbers, as Prometheus says, but for sums of fractions.
        if (exact - expected).abs() > 1e-6 * expected {
            return Err(format!("{series} rose by {exact}, {expected} were recorded").into());
        }
        let shown = one(prometheus, &format!("sum(increase({series}[10m]))"))?;
        if shown < expected * (1.0 - 1e-9) || shown > expected * EXTRAPOLATED {
            return Err(format!("the increase of {series} is {shown}, {expected} were recorded").into());
        }
    }
    Ok(())
}

fn quantile(prometheus: &Prometheus, job: &str) -> Result<(), Failure> {
    let buckets = format!("sum by (le) (increase(e2e_turn_seconds_bucket{{job=\"{job}\"}}[10m]))");
    let shown = one(prometheus, &format!("histogram_quantile(0.95, {buckets})"))?;
    // Buckets that are there twice, or that are older than others, move it by tenths.
    match (shown - P95).abs() < 0.01 && shown > 1.0 && shown < 2.5 {
        true => Ok(()),
        false => Err(format!("p95 is {shown}, the truth {TRUE_P95}, its interpolation {P95}").into()),
    }
}

pub(crate) fn one(prometheus: &Prometheus, expression: &str) -> Result<f64, Failure> {
    match &*prometheus.query(expression)? {
        [sample] => Ok(sample.value),
        samples => Err(format!("{expression} has {} results", samples.len()).into()),
    }
}
