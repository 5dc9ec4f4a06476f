//! Who is told of which alert by the real Alertmanager, as it is generated but for shorter waits.

use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use telemetry_mixin::generate;
use telemetry_tests::Failure;

use crate::alertmanager::{self, Alertmanager};
use crate::report::Report;
use crate::sink::{Heard, Sink};
use crate::stack::Site;

const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) fn run(site: &Site, report: &mut Report) -> Result<(), Failure> {
    let sink = Sink::start()?;
    let awake = Told::start(site, "awake", &sink, false)?;
    report.check("what is critical is told by webhook, in batches of ten", awake.batches());
    report.check("a message has summary, value, labels and links, and names nobody's channel", awake.message());
    report.check("its team is told, too", awake.team());
    report.check("an escalation is told to its level alone", awake.escalation());
    report.check("a warning goes to its channel, and a note to its webhook", awake.lesser());
    report.check("the watchdog goes to the dead man's switch", awake.watchdog());
    report.check("a collector that is down keeps absences quiet", awake.absences());
    report.check("notes are held back while they are all that fires", awake.notes());
    report.check("the end is told", awake.resolved());
    awake.alertmanager.stop()?;

    sink.heard.forget();
    let asleep = Told::start(site, "asleep", &sink, true)?;
    report.check("quiet hours mute all but what is critical", asleep.quiet());
    asleep.alertmanager.stop()
}

/// Whom Alertmanager tells of what it is handed.
struct Told<'a> {
    alertmanager: Alertmanager,
    site: &'a Site,
    heard: Heard,
}

impl<'a> Told<'a> {
    fn start(site: &'a Site, name: &str, sink: &Sink, quiet: bool) -> Result<Self, Failure> {
        let files = generate(&alertmanager::settings(site, quiet)?, &telemetry::domains())?;
        let alertmanager = Alertmanager::start(site, name, sink, &files, None)?;
        Ok(Self { alertmanager, site, heard: sink.heard.clone() })
    }

    /// Hands an alert in, as Prometheus would.
    fn alert(&self, labels: &[(&str, &str)], more: &[&str]) -> Result<(), Failure> {
        let mut add = Command::new(self.site.tools.join("amtool"));
        add.arg(format!("--alertmanager.url=http://127.0.0.1:{}", self.alertmanager.port)).args(["alert", "add"]);
        let annotations = [
            ("summary", "A running agent does nothing"),
            ("description", "It has done nothing for 12m"),
            ("value", "12m"),
            ("runbook_url", "https://runbooks/AgentExecutionStuck.md"),
            ("dashboard_url", "https://grafana/d/agents"),
        ];
        add.args(annotations.map(|(name, text)| format!("--annotation={name}={text}"))).args(more);
        let output = add.args(labels.iter().map(|(name, value)| format!("{name}={value}"))).output()?;
        if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into()) }
    }

    fn told(&self, receiver: &str, what: &str, is: impl Fn(&Value) -> bool) -> Result<Value, Failure> {
        self.heard.told(PATIENCE, receiver, what, is)
    }

    fn nobody_else(&self, alert: &str, receivers: &[&str]) -> Result<(), Failure> {
        self.heard.nobody_else(alert, receivers)
    }

    fn kept_quiet(&self, alert: &str, by: &str) -> Result<(), Failure> {
        self.alertmanager.kept_quiet(PATIENCE, alert, by)
    }

    fn batches(&self) -> Result<(), Failure> {
        for agent in 0..12 {
            self.alert(&[&STUCK[..], &[("agent_id", &format!("<!channel> {agent}"))]].concat(), &[])?;
        }
        let full = |told: &Value| told["alerts"].as_array().is_some_and(|alerts| alerts.len() == 10);
        let told = self.told("critical-pager.webhook-url", "ten of twelve alerts", |told| {
            full(told) && told["truncatedAlerts"] == 2
        })?;
        let alert = &told["alerts"][0];
        let wanted = [("severity", "critical"), ("team", "agents"), ("service", "api")];
        if wanted.iter().any(|(label, value)| alert["labels"][label] != *value) {
            return Err(format!("its labels are {}", alert["labels"]).into());
        }
        let has_link = alert["annotations"]["runbook_url"].is_string() && alert["annotations"]["summary"].is_string();
        if has_link { Ok(()) } else { Err(format!("its annotations are {}", alert["annotations"]).into()) }
    }

    fn message(&self) -> Result<(), Failure> {
        let told = self.told("critical-pager.slack-url", "a message", |told| told["attachments"].is_array())?;
        let shown = format!("{} {}", told["attachments"][0]["title"], told["attachments"][0]["text"]);
        for part in [
            "[CRITICAL] AgentExecutionStuck of api",
            "*A running agent does nothing*",
            "Value: 12m",
            "`team=agents`",
            "&lt;!channel&gt;",
            "<https://runbooks/AgentExecutionStuck.md|Runbook>",
            "<https://grafana/d/agents|Dashboard>",
        ] {
            if !shown.contains(part) {
                return Err(format!("{part} is not in {shown}").into());
            }
        }
        let channel = &told["channel"];
        if *channel == "#agentpane-alerts-critical" && !shown.contains("<!channel>") {
            Ok(())
        } else {
            Err(format!("it is told in {channel}: {shown}").into())
        }
    }

    fn team(&self) -> Result<(), Failure> {
        self.told("team-agents.slack-url", "the team is told", |told| told["channel"] == "#agentpane-agents")?;
        Ok(())
    }

    fn escalation(&self) -> Result<(), Failure> {
        for level in ["initial", "secondary", "management"] {
            let name = format!("Escalated{level}");
            self.alert(
                &[("alertname", &name), ("severity", "critical"), ("team", "agents"), ("escalation", level)],
                &[],
            )?;
            let receiver = format!("escalation-{level}.webhook-url");
            self.told(&receiver, "its level is told", |told| told.to_string().contains(&name))?;
            self.nobody_else(&name, &[&receiver])?;
        }
        Ok(())
    }

    fn lesser(&self) -> Result<(), Failure> {
        self.alert(&[("alertname", "HighLatency"), ("severity", "warning"), ("service", "api")], &[])?;
        let of = |name: &'static str| move |told: &Value| told.to_string().contains(name);
        self.told("warning-slack.slack-url", "a warning", |told| {
            told["channel"] == "#agentpane-alerts" && of("HighLatency")(told)
        })?;
        self.nobody_else("HighLatency", &["warning-slack.slack-url"])?;
        self.alert(&[("alertname", "NewProjectCreated"), ("severity", "info"), ("service", "api")], &[])?;
        self.told("info-metrics.webhook-url", "a note", of("NewProjectCreated"))?;
        self.nobody_else("NewProjectCreated", &["info-metrics.webhook-url"])
    }

    fn watchdog(&self) -> Result<(), Failure> {
        self.alert(&[("alertname", "Watchdog"), ("severity", "info"), ("team", "platform")], &[])?;
        self.told("watchdog.webhook-url", "the watchdog", |told| told.to_string().contains("Watchdog"))?;
        self.nobody_else("Watchdog", &["watchdog.webhook-url"])
    }

    fn absences(&self) -> Result<(), Failure> {
        let critical = ("severity", "critical");
        let cause = ("cause", "collector down");
        self.alert(&[("alertname", "CollectorDown"), critical, cause, ("service", "otel-collector")], &[])?;
        self.told("critical-pager.webhook-url", "the collector", |told| told.to_string().contains("CollectorDown"))?;
        self.alert(&[("alertname", "AgentPaneDown"), critical, ("cause", "down"), ("service", "api")], &[])?;
        self.kept_quiet("AgentPaneDown", "inhibitedBy")
    }

    fn notes(&self) -> Result<(), Failure> {
        let info = ("severity", "info");
        self.alert(&[("alertname", "InfoInhibitor"), info, ("service", "worker")], &[])?;
        self.alert(&[("alertname", "TelemetryValuesLeftOut"), info, ("service", "worker")], &[])?;
        self.kept_quiet("TelemetryValuesLeftOut", "inhibitedBy")?;
        self.nobody_else("InfoInhibitor", &[])
    }

    fn resolved(&self) -> Result<(), Failure> {
        for agent in 0..12 {
            let agent = format!("<!channel> {agent}");
            let labels = [&STUCK[..], &[("agent_id", agent.as_str())]].concat();
            self.alert(&labels, &["--start=2020-01-01T00:00:00Z", "--end=2020-01-01T00:01:00Z"])?;
        }
        self.told("critical-pager.webhook-url", "the end", |told| {
            told["status"] == "resolved" && told.to_string().contains("AgentExecutionStuck")
        })?;
        Ok(())
    }

    fn quiet(&self) -> Result<(), Failure> {
        self.alert(&[("alertname", "HighLatency"), ("severity", "warning"), ("team", "platform")], &[])?;
        self.alert(&[("alertname", "NewProjectCreated"), ("severity", "info"), ("team", "platform")], &[])?;
        self.alert(&[("alertname", "WithoutSeverity")], &[])?;
        for alert in ["HighLatency", "NewProjectCreated", "WithoutSeverity"] {
            self.kept_quiet(alert, "mutedBy")?;
        }
        self.alert(&STUCK, &[])?;
        for receiver in ["critical-pager.webhook-url", "critical-pager.slack-url", "team-agents.slack-url"] {
            self.told(receiver, "what is critical", |told| told.to_string().contains("AgentExecutionStuck"))?;
        }
        ["HighLatency", "NewProjectCreated", "WithoutSeverity"]
            .iter()
            .try_for_each(|alert| self.nobody_else(alert, &[]))
    }
}

const STUCK: [(&str, &str); 4] =
    [("alertname", "AgentExecutionStuck"), ("severity", "critical"), ("team", "agents"), ("service", "api")];
