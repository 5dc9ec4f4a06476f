//! VictoriaMetrics in Prometheus's place, as the bundle for it is deployed: pushed to over OTLP, with vmalert.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use agent_platform::Recorded;
use serde_json::Value;
use telemetry_core::Kind;
use telemetry_mixin::{Backend, GeneratorSettings, generate};
use telemetry_testkit::OtlpSink;
use telemetry_tests::program::Program;
use telemetry_tests::prometheus::Prometheus;
use telemetry_tests::{Failure, poll, ports};

use crate::contract::{ARRIVE, JOB};
use crate::load::{Load, NO_LOGS, WITH_FAULTS};
use crate::report::Report;
use crate::stack::{CollectorPorts, PATIENCE, Site, start_collector};
use crate::{names, panels};

/// How long it may take until everything has happened once and has been seen twice.
const SETTLE: Duration = Duration::from_secs(90);

pub(crate) fn run(site: &Site, report: &mut Report) -> Result<(), Failure> {
    let bundle = bundle(site)?;
    report.check("vmalert takes every file of rules", dry_run(site, &bundle));
    let [otlp, metrics, own, health, here, alerts] = ports::free::<6>()?;
    let mut victoria = start_victoria(site, &bundle, here, own)?;
    let answers = Prometheus::new(here)?;
    victoria.wait_ready(PATIENCE, || answers.ready())?;
    let backend = OtlpSink::builder().max_message_bytes(64 << 20).start()?;
    let ports = CollectorPorts { otlp, metrics, own, health };
    let pushing = [bundle.join("otel-collector/push-to-victoriametrics.yaml")];
    let collector = start_collector(site, "otelcol", &ports, here, backend.port(), &pushing)?;
    let mut vmalert = start_vmalert(site, &bundle, here, alerts)?;
    let evaluating = Prometheus::new(alerts)?;
    vmalert.wait_ready(PATIENCE, || evaluating.rules().map(|_| ()))?;
    report.progress("VictoriaMetrics, vmalert and the collector are ready");

    let settings = [NO_LOGS[0], NO_LOGS[1], names::WITH_CONVENTIONS];
    let endpoint = format!("http://127.0.0.1:{otlp}");
    let load = Load::start(site, &endpoint, &WITH_FAULTS, &settings)?;
    let queries = panels::queries_in(&bundle)?;
    let with_data = queries.iter().filter(|query| query.has_data).count();
    let shown = poll::until(SETTLE, "every panel", || panels::check(&answers, &queries));
    report.check(format!("{} queries of panels, {with_data} of them with data", queries.len()), shown);
    let listed = poll::until(ARRIVE, "every variable", || panels::check_variables(&answers, &bundle).map(|_| ()));
    report.check("every variable has values", listed);
    let evaluated = poll::until(SETTLE, "every rule", || rules(&evaluating));
    report.check("vmalert evaluates every rule", evaluated);
    let collector_seen = || match answers.query("up{service_name=\"otel-collector\"} == 1")?.is_empty() {
        false => Ok(()),
        true => Err(Failure::from("the collector is not up")),
    };
    report.check("what the collector says of itself", poll::until(ARRIVE, "a scrape", collector_seen));

    let ended = load.stop()?;
    report.progress(format!("the platform has ended; its telemetry shut down {}", ended.shutdown));
    let same = poll::until(ARRIVE, "the last values", || counted(&answers, &ended.recorded));
    report.check(format!("counts of {} series", ended.recorded.series.len()), same);
    let rose = "they rose by what was recorded, and `increase` says no more than that";
    match poll::until(ARRIVE, "the last values", || risen(&answers, &ended.recorded)) {
        Ok(lacking) => {
            report.check(rose, Ok(()));
            report.progress(format!("`increase` leaves out {lacking}"));
        }
        Err(error) => report.check(rose, Err(error)),
    }
    vmalert.stop(PATIENCE)?;
    collector.stop(PATIENCE)?;
    victoria.stop(PATIENCE)
}

/// The bundle for VictoriaMetrics, generated.
fn bundle(site: &Site) -> Result<PathBuf, Failure> {
    let settings = GeneratorSettings { backend: Backend::VictoriaMetrics, ..GeneratorSettings::default() };
    let folder = site.folder.join("bundle");
    fs::create_dir_all(&folder)?;
    generate(&settings, &telemetry::domains())?.write_to(&folder)?;
    Ok(folder.join("deploy"))
}

fn dry_run(site: &Site, bundle: &Path) -> Result<(), Failure> {
    let rules = bundle.join("prometheus");
    let mut command = Command::new(site.tools.join("vmalert"));
    command.arg("-dryRun");
    for folder in ["rules", "escalation"] {
        command.arg(format!("-rule={}", rules.join(folder).join("*.yaml").display()));
    }
    Program::start("vmalert-dry-run", &mut command, &site.folder)?.wait(PATIENCE)
}

/// The flags that a service of the compose file is started with, but for those that have other values here.
fn flags(bundle: &Path, service: &str, other: &[(&str, String)]) -> Result<Vec<String>, Failure> {
    let compose: Value = serde_saphyr::from_str(&fs::read_to_string(bundle.join("compose.yaml"))?)?;
    let command = compose.pointer(&format!("/services/{service}/command")).and_then(Value::as_array);
    let command = command.ok_or_else(|| format!("compose.yaml starts no {service}"))?;
    let name = |flag: &str| flag.trim_start_matches('-').split('=').next().unwrap_or_default().to_owned();
    let deployed = command.iter().filter_map(Value::as_str).map(str::to_owned);
    let kept = deployed.filter(|flag| other.iter().all(|(own, _)| *own != name(flag)));
    let own = other.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("-{name}={value}"));
    Ok(kept.chain(own).collect())
}

fn start_victoria(site: &Site, bundle: &Path, port: u16, collector: u16) -> Result<Program, Failure> {
    let scrape = fs::read_to_string(bundle.join("victoriametrics/scrape.yaml"))?;
    let scrape = scrape.replace("otel-collector:8888", &format!("127.0.0.1:{collector}"));
    let file = site.folder.join("scrape.yaml");
    fs::write(&file, scrape.replace("scrape_interval: 15s", "scrape_interval: 1s"))?;
    let mut command = Command::new(site.tools.join("victoria-metrics"));
    command.args(flags(
        bundle,
        "victoriametrics",
        &[
            ("storageDataPath", site.folder.join("data").display().to_string()),
            ("promscrape.config", file.display().to_string()),
            ("httpListenAddr", format!("127.0.0.1:{port}")),
            // What has arrived is to be seen at once.
            ("search.latencyOffset", "0s".to_owned()),
        ],
    )?);
    Program::start("victoria-metrics", &mut command, &site.folder)
}

fn start_vmalert(site: &Site, bundle: &Path, keeps: u16, port: u16) -> Result<Program, Failure> {
    let folder = site.folder.join("rules");
    fs::create_dir_all(&folder)?;
    for file in fs::read_dir(bundle.join("prometheus/rules"))? {
        let file = file?;
        let text = fs::read_to_string(file.path())?;
        let often = text.replace("interval: '30s'", "interval: '2s'").replace("interval: '2m'", "interval: '2s'");
        fs::write(folder.join(file.file_name()), often)?;
    }
    let keeps = format!("http://127.0.0.1:{keeps}");
    let mut command = Command::new(site.tools.join("vmalert"));
    command.args(flags(
        bundle,
        "vmalert",
        &[
            ("datasource.url", keeps.clone()),
            ("remoteWrite.url", keeps.clone()),
            ("remoteRead.url", keeps),
            // Nobody is told here.
            ("notifier.url", String::new()),
            ("notifier.blackhole", "true".to_owned()),
            ("rule", folder.join("*.yaml").display().to_string()),
            ("rule.evalDelay", "0s".to_owned()),
            ("httpListenAddr", format!("127.0.0.1:{port}")),
        ],
    )?);
    Program::start("vmalert", &mut command, &site.folder)
}

/// Every rule has been evaluated without an error. One that finds nothing says so, and that is no error.
fn rules(vmalert: &Prometheus) -> Result<(), Failure> {
    let rules = vmalert.rules()?;
    if rules.is_empty() {
        return Err("no rules".into());
    }
    match rules.iter().find(|rule| !matches!(&*rule.health, "ok" | "no match") || !rule.last_error.is_empty()) {
        Some(rule) => Err(format!("{} is {}: {}", rule.name, rule.health, rule.last_error).into()),
        None => Ok(()),
    }
}

/// Of the ledger's metrics what each counts in all; those of the telemetry itself only it knows in full.
fn totals(recorded: &Recorded) -> BTreeMap<&str, f64> {
    let mut totals: BTreeMap<&str, f64> = BTreeMap::new();
    for series in recorded.series.iter().filter(|series| !series.name.starts_with("telemetry_")) {
        *totals.entry(&series.name).or_default() += series.value as f64;
    }
    totals
}

/// The series of a metric of the ledger, if it counts.
fn counting(name: &str) -> Result<Option<String>, Failure> {
    let metric = names::declared(name).ok_or_else(|| format!("{name} is declared nowhere"))?;
    let suffix = match metric.kind {
        Kind::Histogram => "_count",
        Kind::Counter => "",
        _ => return Ok(None),
    };
    Ok(Some(format!("{name}{suffix}{{service_name=\"{JOB}\"}}")))
}

fn one(answers: &Prometheus, query: &str) -> Result<f64, Failure> {
    Ok(answers.query(query)?.iter().map(|sample| sample.value).sum())
}

fn counted(answers: &Prometheus, recorded: &Recorded) -> Result<(), Failure> {
    for (name, expected) in totals(recorded) {
        let Some(series) = counting(name)? else { continue };
        let found = one(answers, &format!("sum(last_over_time({series}[10m]))"))?;
        if (found - expected).abs() > 1e-6 * expected {
            return Err(format!("{name} is {found}, recorded was {expected}").into());
        }
    }
    Ok(())
}

/// Every counter and histogram rose by what was recorded, counted from zero. `increase` starts from zero only where the first
/// value is small beside what follows; what it leaves out is told.
fn risen(answers: &Prometheus, recorded: &Recorded) -> Result<String, Failure> {
    let mut lacking = Vec::new();
    for (name, expected) in totals(recorded) {
        let Some(series) = counting(name)? else { continue };
        let whole = one(answers, &format!("sum(increase_pure({series}[1h]))"))?;
        if (whole - expected).abs() > 1e-6 * expected {
            return Err(format!("{name} rose by {whole}, recorded was {expected}").into());
        }
        let guessed = one(answers, &format!("sum(increase({series}[1h]))"))?;
        if guessed > expected * (1.0 + 1e-6) {
            return Err(format!("the increase of {name} is {guessed}, recorded was {expected}").into());
        }
        if guessed < expected * (1.0 - 1e-6) {
            lacking.push(format!("{:.1} % of {name}", 100.0 * (1.0 - guessed / expected)));
        }
    }
    Ok(if lacking.is_empty() { "nothing".to_owned() } else { lacking.join(", ") })
}
