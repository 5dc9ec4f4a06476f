//! Faults that are switched on in the running platform: each fires its alert in the real Prometheus, the real Alertmanager
//! tells it to a webhook, and tells its end when the fault is switched off.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value;
use telemetry_mixin::model::Severity;
use telemetry_mixin::{AlertSettings, EscalationLevel, GeneratedFiles, GeneratorSettings};
use telemetry_tests::{Failure, poll};

use crate::alertmanager;
use crate::contract::JOB;
use crate::load::Load;
use crate::report::Report;
use crate::sink::{Heard, Sink};
use crate::stack::Site;
use crate::watched::Watched;

/// How long a fault may take until it is told, and until its end is.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long it may take until a process that nobody hears of counts as gone: 90 s, and a while.
const GONE: Duration = Duration::from_secs(180);

const PAGER: &str = "critical-pager.webhook-url";
const WARNINGS: &str = "warning-slack.webhook-url";
const ESCALATED: &str = "escalation-initial.webhook-url";
const WATCHDOG: &str = "watchdog.webhook-url";
const NOTES: &str = "info-metrics.webhook-url";

/// A fault of the platform and the alert that it fires.
struct Fault {
    name: &'static str,
    alert: Told,
}

/// An alert as it is to be told.
struct Told {
    name: &'static str,
    severity: Severity,
    team: &'static str,
    /// What it is about, beside the service.
    about: (&'static str, &'static str),
}

const fn told(name: &'static str, severity: Severity, team: &'static str, about: (&'static str, &'static str)) -> Told {
    Told { name, severity, team, about }
}

impl Told {
    fn receiver(&self) -> &'static str {
        if self.severity == Severity::Critical { PAGER } else { WARNINGS }
    }

    /// It, in what a webhook was told.
    fn find<'a>(&self, told: &'a Value, status: &str) -> Option<&'a Value> {
        let (label, value) = self.about;
        all(told, self.name, status).find(|told| told["labels"][label] == value)
    }

    /// Whether this says that it has ended.
    fn is_over(&self, told: &Value) -> bool {
        self.find(told, "resolved").is_some()
    }
}

/// A warning as it is declared. The settings make it critical, so that it escalates and keeps a warning quiet.
const PROVIDER: &str = "MostProviderCallsFail";
/// The warning of the same cause.
const LESSER: &str = "HighProviderErrorRate";

const FAULTS: [Fault; 6] = [
    Fault {
        name: "provider-outage",
        alert: told(PROVIDER, Severity::Critical, "integrations", ("provider", "anthropic")),
    },
    Fault {
        name: "hanging-tool",
        alert: told("ToolTimeoutSpike", Severity::Warning, "agents", ("tool_id", "hanging")),
    },
    Fault {
        name: "stalled-stream",
        alert: told("StreamStalled", Severity::Critical, "platform", ("kind", "workflow")),
    },
    Fault { name: "full-queue", alert: told("UsageQueueBacklog", Severity::Warning, "integrations", ("job", JOB)) },
    Fault {
        name: "unhealthy-database",
        alert: told("DatabaseUnhealthy", Severity::Critical, "platform", ("component", "tasks")),
    },
    Fault {
        name: "stuck-agent",
        alert: told("AgentExecutionStuck", Severity::Critical, "agents", ("agent_id", "watcher")),
    },
];

const COLLECTOR: Told = told("CollectorDown", Severity::Critical, "metrics", ("job", "otel-collector"));
/// What would be said of the platform because nothing is heard of it.
const ABSENCE: &str = "AgentPaneDown";

/// What else these faults let fire: failed requests and runs of a tool, records that are not stored, first events that come
/// late, what was lost while the collector was away. Budgets burn besides.
const COMPANIONS: [&str; 9] = [
    LESSER,
    "HighErrorRate",
    "MostHttpRequestsFail",
    "HighToolErrorRate",
    "MostToolRunsFail",
    "UsagePersistenceFailing",
    "StreamTimeToFirstEventHigh",
    "TelemetryDropped",
    "TelemetryExportFailing",
];

pub(crate) fn run(site: &Site, report: &mut Report) -> Result<(), Failure> {
    let sink = Sink::start()?;
    let mut watched = Watched::start(site, &sink, settings(site)?)?;
    let mut load = Load::start(site, &watched.endpoint(), &["--faults", "none"], &[])?;
    report.check("nobody is told of anything while all is well, for a minute", quiet(&sink.heard));

    for fault in &FAULTS {
        load.switch(fault.name, true)?;
    }
    for fault in &FAULTS {
        let told = fires(&sink.heard, &fault.alert, JOB, &watched.files);
        report.check(format!("{} fires {}, which is told with all that it says", fault.name, fault.alert.name), told);
    }
    report.check("a critical alert that lasts reaches who is told next, and nobody beyond", escalates(&sink.heard));
    let inhibited = watched.alertmanager.kept_quiet(PATIENCE, LESSER, "inhibitedBy");
    let inhibited = inhibited.and_then(|()| sink.heard.nobody_else(LESSER, &[]));
    report.check("a warning of the same cause and the same provider is kept quiet", inhibited);
    report.check("none of them is said to be over while it is not", all_last(&sink.heard));
    for fault in &FAULTS {
        load.switch(fault.name, false)?;
    }
    for fault in &FAULTS {
        report.check(format!("the end of {} is told", fault.name), ends(&sink.heard, &fault.alert));
    }
    let escalation = sink.heard.told(PATIENCE, ESCALATED, "the end", |told| find(told, PROVIDER, "resolved").is_some());
    report.check("the end of what escalated is told there, too", escalation.map(drop));

    watched.kill_collector()?;
    let told = fires(&sink.heard, &COLLECTOR, "otel-collector", &watched.files);
    report.check("a collector that is killed fires CollectorDown, which is told with all that it says", told);
    let inhibited = watched.alertmanager.kept_quiet(GONE, ABSENCE, "inhibitedBy");
    report.check("what is said of a platform that nobody hears of is kept quiet meanwhile", inhibited);
    watched.start_collector()?;
    report.check("the collector's return is told", ends(&sink.heard, &COLLECTOR));
    report.check("the platform is heard of again", is_back(&watched));
    report.check("of the platform's absence nobody was told at any time", sink.heard.nobody_else(ABSENCE, &[]));
    report.check("nobody was told of what has nothing to do with a fault", only_known(&sink.heard));

    let ended = load.stop()?;
    report.progress(format!("the platform has ended; its telemetry shut down {}", ended.shutdown));
    report.check("collector, Prometheus and Alertmanager end when asked", watched.stop());
    Ok(())
}

/// What is generated for somebody in a hurry: all is exported, evaluated and told each second, and what the faults fire has to
/// hold for seconds.
fn settings(site: &Site) -> Result<GeneratorSettings, Failure> {
    let mut settings = alertmanager::settings(site, false)?;
    for interval in [&mut settings.export_interval, &mut settings.rule_interval] {
        "1s".clone_into(interval);
    }
    settings.alertmanager.warning.webhook = true;
    let level = |name: &str, after: &str| EscalationLevel { name: name.to_owned(), after: after.to_owned() };
    settings.alertmanager.escalation = vec![level("initial", "10s"), level("secondary", "15m")];
    let hold = |hold: &str| AlertSettings { hold: Some(hold.to_owned()), ..AlertSettings::default() };
    let within = |window: &str| AlertSettings { window: Some(window.to_owned()), ..hold("5s") };
    let above = |threshold: f64| AlertSettings { threshold: Some(threshold), ..hold("5s") };
    let alerts = [
        (PROVIDER, AlertSettings { severity: Some(Severity::Critical), ..within("30s") }),
        // It comes after the critical one, as it does in production.
        (LESSER, AlertSettings { hold: Some("20s".to_owned()), ..within("30s") }),
        ("ToolTimeoutSpike", within("30s")),
        ("StreamStalled", within("30s")),
        // A platform in the tests has no queue of a thousand, and an agent no ten minutes.
        ("UsageQueueBacklog", above(20.0)),
        ("AgentExecutionStuck", above(20.0)),
        ("DatabaseUnhealthy", hold("5s")),
        // Its end is told as long after the return, when all are heard of again.
        (COLLECTOR.name, hold("10s")),
        (ABSENCE, hold("5s")),
    ];
    settings.alerts = alerts.map(|(name, own)| (name.to_owned(), own)).into();
    Ok(settings)
}

/// The watchdog has to hold for a minute; until it is told, nothing but notes is.
fn quiet(heard: &Heard) -> Result<(), Failure> {
    heard.told(PATIENCE, WATCHDOG, "the watchdog", |told| find(told, "Watchdog", "firing").is_some())?;
    let heard = heard.all();
    match heard.iter().find(|(to, _)| ![WATCHDOG, NOTES].contains(&to.as_str())) {
        None => Ok(()),
        Some((to, told)) => Err(format!("{to} was told {told}").into()),
    }
}

/// The alert is told with its labels and with links that lead somewhere.
fn fires(heard: &Heard, alert: &Told, service: &str, files: &GeneratedFiles) -> Result<(), Failure> {
    let told = heard.told(PATIENCE, alert.receiver(), alert.name, |told| alert.find(told, "firing").is_some())?;
    let told = alert.find(&told, "firing").ok_or("it is not told")?;
    for (label, value) in [("severity", alert.severity.as_str()), ("team", alert.team), ("service", service)] {
        if told["labels"][label] != value {
            return Err(format!("{label} is not {value} in {}", told["labels"]).into());
        }
    }
    let text = |name: &str| told["annotations"][name].as_str().filter(|text| !text.is_empty());
    let missing = || format!("its annotations are {}", told["annotations"]);
    let (Some(_), Some(_), Some(runbook), Some(dashboard)) =
        (text("summary"), text("description"), text("runbook_url"), text("dashboard_url"))
    else {
        return Err(missing().into());
    };
    let page = runbook.rsplit('/').next().map(|page| format!("docs/runbooks/{page}"));
    if page.as_ref().is_none_or(|page| files.get(page).is_none()) {
        return Err(format!("there is no runbook {runbook}").into());
    }
    let uid = dashboard.rsplit('/').next().map(|uid| format!("\"uid\": {}", quoted(uid))).unwrap_or_default();
    let mut dashboards = files.iter().filter(|(path, _)| path.starts_with("deploy/grafana/dashboards/"));
    if dashboards.any(|(_, text)| text.contains(&uid)) {
        Ok(())
    } else {
        Err(format!("there is no dashboard {dashboard}").into())
    }
}

fn ends(heard: &Heard, alert: &Told) -> Result<(), Failure> {
    let is_over = |told: &Value| alert.is_over(told);
    heard.told(PATIENCE, alert.receiver(), &format!("{} is over", alert.name), is_over).map(drop)
}

fn all_last(heard: &Heard) -> Result<(), Failure> {
    let heard = heard.all();
    let over = FAULTS.iter().find(|fault| heard.iter().any(|(_, told)| fault.alert.is_over(told)));
    over.map_or(Ok(()), |fault| Err(format!("{} is said to be over", fault.alert.name).into()))
}

/// An escalation has the label of its level, and no other receiver hears of that.
fn escalates(heard: &Heard) -> Result<(), Failure> {
    let told = heard.told(PATIENCE, ESCALATED, PROVIDER, |told| find(told, PROVIDER, "firing").is_some())?;
    match find(&told, PROVIDER, "firing") {
        Some(alert) if alert["labels"]["escalation"] == "initial" => {
            heard.nobody_else("\"escalation\":\"initial\"", &[ESCALATED])?;
            heard.nobody_else("\"escalation\":\"secondary\"", &[])
        }
        _ => Err(format!("it has no level: {told}").into()),
    }
}

/// Neither the collector nor the platform is missed any more.
fn is_back(watched: &Watched<'_>) -> Result<(), Failure> {
    let expression = format!("ALERTS{{alertname=~\"{}|{ABSENCE}\",alertstate=\"firing\"}}", COLLECTOR.name);
    poll::until(PATIENCE, "nothing is missed", || match watched.prometheus.query(&expression)?.as_slice() {
        [] => Ok(()),
        missed => Err(Failure::from(format!("{missed:?}"))),
    })
}

/// Each alert that anybody was told of, notes aside, is a fault's or its companion.
fn only_known(heard: &Heard) -> Result<(), Failure> {
    let heard = heard.all();
    let told = heard.iter().filter(|(to, _)| ![WATCHDOG, NOTES].contains(&to.as_str()));
    let names: BTreeSet<&str> = told
        .flat_map(|(_, told)| told["alerts"].as_array().into_iter().flatten())
        .filter_map(|alert| alert["labels"]["alertname"].as_str())
        .collect();
    let is_known = |name: &&str| {
        let of_fault = FAULTS.iter().map(|fault| &fault.alert).chain([&COLLECTOR]).any(|alert| alert.name == *name);
        of_fault || COMPANIONS.contains(name) || name.contains("BurnRate")
    };
    let others: Vec<&str> = names.into_iter().filter(|name| !is_known(name)).collect();
    if others.is_empty() { Ok(()) } else { Err(others.join(", ").into()) }
}

/// The alerts of that name in what a webhook was told.
fn all<'a>(told: &'a Value, alert: &str, status: &str) -> impl Iterator<Item = &'a Value> {
    let is_one = move |told: &&Value| told["labels"]["alertname"] == alert && told["status"] == status;
    told["alerts"].as_array().into_iter().flatten().filter(is_one)
}

/// The first of them.
fn find<'a>(told: &'a Value, alert: &str, status: &str) -> Option<&'a Value> {
    all(told, alert, status).next()
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}
