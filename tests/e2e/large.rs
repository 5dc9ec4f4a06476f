//! More than a request may hold, towards the collector with the limits that it has by default.

use std::fs;
use std::process::Command;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use telemetry::{Counter, Family, Metrics, Telemetry};
use telemetry_core::MeterSettings;
use telemetry_tests::program::{Lines, Program, piped};
use telemetry_tests::{Failure, poll};

use crate::contract::ARRIVE;
use crate::report::Report;
use crate::stack::{Site, Stack};

/// Spans and as many log records, of 10 kB each.
const ITEMS: usize = 500;
const SERIES: usize = 100_000;
/// How long the exports may take, on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(120);

/// Metrics are passed on as they came. What takes minutes of so many series is to show them to Prometheus.
const PASSED_ON: &str = "service: { pipelines: { metrics: { exporters: [otlp_grpc/backend] } } }\n";

/// What is measured of things, of which there are many.
#[derive(Metrics)]
#[metrics(scope = "e2e.large", entity(thing))]
struct ThingMetrics {
    /// Things seen
    #[metric(name = "e2e_things_seen_total")]
    seen: Counter,
}

/// What the program says at its end.
#[derive(Serialize, Deserialize)]
struct Produced {
    /// What its telemetry said of the shutdown.
    shutdown: String,
    complete: bool,
    /// The most memory that it ever had, in bytes.
    peak: u64,
}

pub(crate) fn run(site: &Site, report: &mut Report) -> Result<(), Failure> {
    let overlay = site.folder.join("pass-on.yaml");
    fs::write(&overlay, PASSED_ON)?;
    let stack = Stack::start_with(site, Some(overlay))?;
    let mut command = piped(Command::new(std::env::current_exe()?));
    command.args(["--produce", &stack.endpoint()]);
    let mut program = Program::start("producer", &mut command, &site.folder)?;
    let (_, Some(output)) = program.pipes() else { return Err("the producer has no output".into()) };
    let produced: Produced = serde_json::from_str(&Lines::of(output)?.next(PATIENCE)?)?;
    program.wait(ARRIVE)?;
    let Produced { shutdown, complete, peak } = produced;
    report.progress(format!("the producer has ended; its telemetry shut down {shutdown}"));
    report.progress(format!("its memory had {} MiB at most", peak >> 20));
    report.check("all that it had was exported", if complete { Ok(()) } else { Err(shutdown.into()) });
    let items =
        poll::until(ARRIVE, "the large items", || match (stack.backend.spans().len(), stack.backend.logs().len()) {
            (ITEMS, ITEMS) => Ok(()),
            (spans, logs) => Err(format!("{spans} spans and {logs} log records")),
        });
    report.check(format!("{ITEMS} spans and {ITEMS} log records of 10 kB"), items);
    let series =
        poll::until(ARRIVE, "the series", || match stack.backend.metrics().total("e2e_things_seen_total", &[]) {
            counted if counted == SERIES as f64 => Ok(()),
            counted => Err(format!("{counted} series")),
        });
    report.check(format!("{SERIES} series"), series);
    report.check("the collector and Prometheus end when asked", stack.stop());
    Ok(())
}

/// The program that has so much to say.
#[expect(clippy::print_stdout, reason = "whoever started it reads it")]
pub(crate) fn produce(endpoint: &str) -> Result<(), Failure> {
    let telemetry = Telemetry::builder("e2e-large")
        .endpoint(endpoint)
        .metric_interval(Duration::from_secs(3600))
        .settings(|settings| settings.limits.attribute_length = Some(16_384))
        .domain(|meter: &mut MeterSettings| (meter.max_label_values, meter.max_series) = (SERIES, 2 * SERIES))
        .init()?;
    let text = "a word and another ".repeat(530);
    for number in 0..ITEMS {
        tracing::info_span!("large", text).in_scope(|| tracing::info!(number, text, "large"));
    }
    let things = Family::<ThingMetrics>::new(telemetry.meter());
    for number in 0..SERIES {
        things.get(&format!("thing {number:06}")).seen.add(1);
    }
    let report = telemetry.shutdown_within(PATIENCE);
    let produced = Produced { shutdown: report.to_string(), complete: report.is_complete(), peak: peak_memory()? };
    println!("{}", serde_json::to_string(&produced)?);
    Ok(())
}

fn peak_memory() -> Result<u64, Failure> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("the system does not tell")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
}
