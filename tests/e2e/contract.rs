//! The contract between what is declared and what an operator sees.

use std::fs;
use std::path::Path as File;
use std::time::Duration;

use agent_platform::CANARIES;
use telemetry_tests::{Failure, poll};

use crate::load::{Load, NO_LOGS, WITH_FAULTS};
use crate::names::{self, Path};
use crate::report::Report;
use crate::stack::{PULL_JOB, Site, Stack};
use crate::{panels, rules, values};

/// The job of what comes through the collector: the service's name.
pub(crate) const JOB: &str = "agent-platform";

/// How long it may take until everything has happened once and has been seen twice.
const SETTLE: Duration = Duration::from_secs(90);
/// How long the last export may take to Prometheus.
pub(crate) const ARRIVE: Duration = Duration::from_secs(30);

pub(crate) fn run(site: &Site, report: &mut Report) -> Result<(), Failure> {
    let stack = Stack::start(site)?;
    report.progress("the collector and Prometheus are ready");
    let settings = [NO_LOGS[0], NO_LOGS[1], names::WITH_CONVENTIONS];
    let load = Load::start(site, &stack.endpoint(), &WITH_FAULTS, &settings)?;
    let pull = load.ready.metrics.ok_or("the platform serves no metrics")?;
    stack.scrape_platform(pull.port())?;

    let scrape = Path { name: "scraped from the collector", prometheus: &stack.scrape, job: JOB };
    let push = Path { name: "pushed by the collector", prometheus: &stack.push, job: JOB };
    let direct = Path { name: "scraped from the platform", prometheus: &stack.scrape, job: PULL_JOB };
    for path in [scrape, push, direct] {
        let checked = poll::until(SETTLE, "every metric", || names::check(path));
        report.check(format!("names, labels and buckets, {}", path.name), checked);
    }
    for path in [scrape, push, direct] {
        let used = poll::until(SETTLE, "a sample above zero of every metric", || names::check_used(path));
        report.check(format!("a sample above zero of all {} metrics, {}", names::used().count(), path.name), used);
    }
    report
        .check("kinds and help texts, scraped", poll::until(ARRIVE, "all metadata", || names::metadata(&stack.scrape)));
    let queries = panels::queries()?;
    let with_data = queries.iter().filter(|query| query.has_data).count();
    for path in [scrape, push] {
        let shown = poll::until(SETTLE, "every panel", || panels::check(path.prometheus, &queries));
        let what = format!("{} queries of panels, {with_data} of them with data, {}", queries.len(), path.name);
        report.check(what, shown);
        let evaluated = poll::until(SETTLE, "every rule", || rules::check(path.prometheus));
        report.check(format!("rules, {}", path.name), evaluated);
    }

    let ended = load.stop()?;
    report.progress(format!("the platform has ended; its telemetry shut down {}", ended.shutdown));
    for path in [scrape, push] {
        let checked = poll::until(ARRIVE, "every metric", || names::check_all(path));
        report.check(format!("names, labels and buckets at the end, {}", path.name), checked);
        let last_word = poll::until(ARRIVE, "the last word", || names::check_last_word(path));
        report.check(format!("the platform's last word, {}", path.name), last_word);
        let same = poll::until(ARRIVE, "the last values", || values::series(path, &ended.recorded));
        report.check(format!("counts of {} series, {}", ended.recorded.series.len(), path.name), same);
        let risen = poll::until(ARRIVE, "the last values", || values::increases(path, &ended.recorded));
        report.check(format!("increases of all of them, {}", path.name), risen);
    }
    let spans = poll::until(ARRIVE, "the last spans", || values::spans(&stack.backend, &ended.recorded));
    report.check("spans", spans);
    report.check("lines hold none of what was said to models and tools", silent(&site.folder.join("platform.log")));
    report.check("the collector and Prometheus end when asked", stack.stop());
    Ok(())
}

/// What the platform wrote: its log, of which there is some.
fn silent(lines: &File) -> Result<(), Failure> {
    let lines = fs::read_to_string(lines)?;
    if !lines.contains("\"message\":") {
        return Err("the platform wrote no line".into());
    }
    match lines.lines().find(|line| CANARIES.iter().any(|canary| line.contains(canary))) {
        Some(line) => Err(format!("a line holds what was said to a model or a tool: {line}").into()),
        None => Ok(()),
    }
}
