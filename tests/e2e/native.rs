//! Whether the bundle that reads native histograms shows what the classic one does, where Prometheus keeps them so.

use std::path::{Path as File, PathBuf};
use std::time::Duration;

use telemetry_core::Kind;
use telemetry_mixin::{GeneratorSettings, Histograms, generate};
use telemetry_tests::prometheus::Prometheus;
use telemetry_tests::{Failure, poll};

use crate::contract::{ARRIVE, JOB};
use crate::first::{self, EXTRAPOLATED, OWN_IDENTITY, P95, one};
use crate::load::{Load, NO_LOGS, WITH_FAULTS};
use crate::names::{self, Path};
use crate::report::Report;
use crate::stack::{PULL_JOB, Site, Stack};
use crate::{panels, rules};

/// How long it may take until everything has happened once and has been seen twice.
const SETTLE: Duration = Duration::from_secs(90);

/// Short processes that each record once.
const PROCESSES: u32 = 2;

pub(crate) fn run(site: &Site, report: &mut Report) -> Result<(), Failure> {
    let deployed = generated(&site.folder)?;
    let stack = Stack::start_of(site, &deployed)?;
    let load = Load::start(site, &stack.endpoint(), &WITH_FAULTS, &NO_LOGS)?;
    let pull = load.ready.metrics.ok_or("the platform serves no metrics")?;
    stack.scrape_platform(pull.port())?;
    for process in 0..PROCESSES {
        first::spend_in_process(site, &stack, OWN_IDENTITY, &format!("process-{process}"))?;
    }
    report.progress(format!("the platform works, and {PROCESSES} processes have recorded once and ended"));

    let scrape = Path { name: "scraped from the collector", prometheus: &stack.scrape, job: JOB };
    let push = Path { name: "pushed by the collector", prometheus: &stack.push, job: JOB };
    let direct = Path { name: "scraped from the platform", prometheus: &stack.scrape, job: PULL_JOB };
    for path in [scrape, push, direct] {
        let kept = poll::until(SETTLE, "every histogram", || kept_natively(path));
        report.check(format!("every histogram is a native one with its bounds, {}", path.name), kept);
    }
    let queries = panels::queries_in(&deployed)?;
    let with_data = queries.iter().filter(|query| query.has_data).count();
    for path in [scrape, push] {
        let shown = poll::until(SETTLE, "every panel", || panels::check(path.prometheus, &queries));
        report
            .check(format!("{} queries of panels, {with_data} of them with data, {}", queries.len(), path.name), shown);
        let evaluated = poll::until(SETTLE, "every rule", || rules::check(path.prometheus));
        report.check(format!("rules, {}", path.name), evaluated);
        let true_to = poll::until(ARRIVE, "all that was recorded", || spent(path.prometheus));
        report.check(format!("what processes recorded once is what is counted, {}", path.name), true_to);
    }
    load.stop()?;
    report.check("the collector and Prometheus end when asked", stack.stop());
    Ok(())
}

/// The bundle over native histograms, in that folder.
fn generated(folder: &File) -> Result<PathBuf, Failure> {
    let settings = GeneratorSettings { histograms: Histograms::Native, ..GeneratorSettings::default() };
    let bundle = folder.join("bundle");
    generate(&settings, &telemetry::domains())?.write_to(&bundle)?;
    Ok(bundle.join("deploy"))
}

/// Every histogram that the platform shows while it runs is there under its own name, and no bucket beside it: as many values
/// lie up to its last bound as its buckets say.
fn kept_natively(path: Path<'_>) -> Result<(), Failure> {
    let Path { prometheus, job, .. } = path;
    let own = format!("{{job=\"{job}\"}}");
    let shown = prometheus.names(&own)?;
    if let Some(classic) = shown.iter().find(|name| name.ends_with("_bucket") && !name.contains(':')) {
        return Err(format!("{classic} is kept beside native histograms").into());
    }
    for metric in names::metrics().filter(|metric| metric.kind == Kind::Histogram) {
        let histogram = format!("sum({}{own})", metric.prometheus_name());
        let count = one(prometheus, &format!("histogram_count({histogram})"))?;
        if count == 0.0 {
            return Err(format!("{} has no values", metric.name).into());
        }
        let all = one(prometheus, &format!("histogram_fraction(-Inf, +Inf, {histogram})"))?;
        if (all - 1.0).abs() > 1e-9 {
            return Err(format!("{} has {all} of its values in its buckets", metric.name).into());
        }
    }
    Ok(())
}

/// Counts, sums, buckets and the quantile of what short processes recorded.
fn spent(prometheus: &Prometheus) -> Result<(), Failure> {
    let risen = format!("sum(increase(e2e_turn_seconds{{job=\"{OWN_IDENTITY}\"}}[10m]))");
    let each = f64::from(u32::try_from(first::latencies().count())?);
    let total: f64 = first::latencies().sum();
    for (what, shown, expected) in [
        ("the count", format!("histogram_count({risen})"), each),
        ("the sum", format!("histogram_sum({risen})"), total),
        ("the values up to 0.5", format!("histogram_fraction(-Inf, 0.5, {risen}) * histogram_count({risen})"), 25.0),
    ] {
        let (shown, expected) = (one(prometheus, &shown)?, expected * f64::from(PROCESSES));
        if shown < expected * (1.0 - 1e-9) || shown > expected * EXTRAPOLATED {
            return Err(format!("{what} is {shown}, {expected} were recorded").into());
        }
    }
    let quantile = one(prometheus, &format!("histogram_quantile(0.95, {risen})"))?;
    if (quantile - P95).abs() < 0.01 { Ok(()) } else { Err(format!("p95 is {quantile}, its truth {P95}").into()) }
}
