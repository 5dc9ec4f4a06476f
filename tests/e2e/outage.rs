//! The collector dies under load and comes back.

use std::thread;
use std::time::Duration;

use telemetry_tests::{Failure, poll};

use crate::contract::{ARRIVE, JOB};
use crate::load::Load;
use crate::names::Path;
use crate::report::Report;
use crate::stack::{Site, Stack};
use crate::values;

const OUTAGE: Duration = Duration::from_secs(30);
/// The load before and after.
const CALM: Duration = Duration::from_secs(8);

pub(crate) fn run(site: &Site, report: &mut Report) -> Result<(), Failure> {
    let mut stack = Stack::start(site)?;
    // Some 36 spans a second: an outage of 30 s fills little more than half of the exporter's queue of 2048.
    let load = Load::start(site, &stack.endpoint(), &["--rate", "6", "--seed", "2"], &[])?;
    poll::until(ARRIVE, "the first spans", || match stack.backend.spans().len() {
        0 => Err("none"),
        _ => Ok(()),
    })?;
    thread::sleep(CALM);
    stack.kill_collector()?;
    report.progress("the collector is dead");
    thread::sleep(OUTAGE);
    stack.start_collector()?;
    report.progress("the collector is back");
    thread::sleep(CALM);

    let ended = load.stop()?;
    report.progress(format!("the platform has ended; its telemetry shut down {}", ended.shutdown));
    let complete = if ended.complete { Ok(()) } else { Err(ended.shutdown.into()) };
    report.check("the platform exported everything before its end", complete);
    for (name, prometheus) in [("scraped from the collector", &stack.scrape), ("pushed by the collector", &stack.push)]
    {
        let path = Path { name, prometheus, job: JOB };
        let same = poll::until(ARRIVE, "the last values", || values::series(path, &ended.recorded));
        report.check(format!("counts of {} series after the outage, {name}", ended.recorded.series.len()), same);
    }
    let total = |counts: &std::collections::BTreeMap<String, u64>| counts.values().sum::<u64>();
    let spans = poll::until(ARRIVE, "the last spans", || values::spans(&stack.backend, &ended.recorded));
    report.check(format!("{} spans after the outage", total(&ended.recorded.spans)), spans);
    let logs = poll::until(ARRIVE, "the last log records", || values::logs(&stack.backend, &ended.recorded));
    report.check(format!("{} log records after the outage", total(&ended.recorded.logs)), logs);
    report.progress(format!("{} spans came twice", stack.backend.spans().duplicates()));
    report.check("the collector and Prometheus end when asked", stack.stop());
    Ok(())
}
