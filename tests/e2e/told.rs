//! Who is told of which alert by the real Alertmanager, as it is generated but for shorter waits.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::extract::State;
use http::Uri;
use serde_json::Value;
use telemetry_mixin::{GeneratedFiles, GeneratorSettings, QuietHours, generate};
use telemetry_tests::http::Http;
use telemetry_tests::program::Program;
use telemetry_tests::{Failure, poll, ports};
use tokio::runtime::Runtime;

use crate::report::Report;
use crate::stack::Site;

const PATIENCE: Duration = Duration::from_secs(30);
const CONFIG: &str = "deploy/alertmanager/alertmanager.yaml";
const TEMPLATES: &str = "deploy/alertmanager/templates/telemetry.tmpl";

pub(crate) fn run(site: &Site, report: &mut Report) -> Result<(), Failure> {
    let sink = Sink::start()?;
    let awake = Alertmanager::start(site, "awake", &sink, false)?;
    report.check("what is critical is told by webhook, in batches of ten", awake.batches());
    report.check("a message has summary, value, labels and links, and names nobody's channel", awake.message());
    report.check("its team is told, too", awake.team());
    report.check("an escalation is told to its level alone", awake.escalation());
    report.check("a warning goes to its channel, and a note to its webhook", awake.lesser());
    report.check("the watchdog goes to the dead man's switch", awake.watchdog());
    report.check("a collector that is down keeps absences quiet", awake.absences());
    report.check("notes are held back while they are all that fires", awake.notes());
    report.check("the end is told", awake.resolved());
    awake.stop()?;

    sink.forget();
    let asleep = Alertmanager::start(site, "asleep", &sink, true)?;
    report.check("quiet hours mute all but what is critical", asleep.quiet());
    asleep.stop()
}

/// What receivers were told: the name of the file that had the address, and what was said.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<(String, Value)>>>);

/// A server in the place of Slack and of all webhooks.
struct Sink {
    heard: Heard,
    port: u16,
    _runtime: Runtime,
}

impl Sink {
    fn start() -> Result<Self, Failure> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let heard = Heard::default();
        let router = Router::new().fallback(hear).with_state(heard.clone());
        let listener = runtime.block_on(tokio::net::TcpListener::bind(("127.0.0.1", 0)))?;
        let port = listener.local_addr()?.port();
        runtime.spawn(async move { axum::serve(listener, router).await });
        Ok(Self { heard, port, _runtime: runtime })
    }

    fn forget(&self) {
        self.heard.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

async fn hear(State(heard): State<Heard>, uri: Uri, body: String) -> &'static str {
    let told = serde_json::from_str(&body).unwrap_or_default();
    let receiver = uri.path().trim_start_matches('/').to_owned();
    heard.0.lock().unwrap_or_else(PoisonError::into_inner).push((receiver, told));
    "ok"
}

struct Alertmanager<'a> {
    program: Program,
    site: &'a Site,
    port: u16,
    api: Http,
    heard: Heard,
}

impl<'a> Alertmanager<'a> {
    fn start(site: &'a Site, name: &str, sink: &Sink, quiet: bool) -> Result<Self, Failure> {
        let folder = site.folder.join(name);
        let files = generate(&settings(&folder, quiet)?, &telemetry::domains())?;
        write(&files, &folder, sink.port)?;
        let [port] = ports::free()?;
        let mut command = Command::new(site.tools.join("alertmanager"));
        command.arg("--config.file").arg(folder.join("alertmanager.yaml"));
        command.arg("--storage.path").arg(folder.join("data")).args(["--cluster.listen-address=", "--log.level=warn"]);
        command.arg(format!("--web.listen-address=127.0.0.1:{port}"));
        let mut program = Program::start(&format!("alertmanager-{name}"), &mut command, &site.folder)?;
        let api = Http::new(port)?;
        program.wait_ready(PATIENCE, || api.get("/-/ready").map(|_| ()))?;
        Ok(Self { program, site, port, api, heard: sink.heard.clone() })
    }

    fn stop(self) -> Result<(), Failure> {
        self.program.stop(PATIENCE)
    }

    /// Hands an alert in, as Prometheus would.
    fn alert(&self, labels: &[(&str, &str)], more: &[&str]) -> Result<(), Failure> {
        let mut add = Command::new(self.site.tools.join("amtool"));
        add.arg(format!("--alertmanager.url=http://127.0.0.1:{}", self.port)).args(["alert", "add"]);
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

    /// Waits until a receiver is told what one looks for.
    fn told(&self, receiver: &str, what: &str, is: impl Fn(&Value) -> bool) -> Result<Value, Failure> {
        poll::until(PATIENCE, what, || {
            let heard = self.heard.0.lock().unwrap_or_else(PoisonError::into_inner);
            let found = heard.iter().find(|(to, told)| to == receiver && is(told));
            found.map(|(_, told)| told.clone()).ok_or_else(|| format!("{receiver} heard nothing like it in {heard:?}"))
        })
    }

    /// Whether anybody has been told of an alert beside these.
    fn nobody_else(&self, alert: &str, receivers: &[&str]) -> Result<(), Failure> {
        let heard = self.heard.0.lock().unwrap_or_else(PoisonError::into_inner);
        let other =
            heard.iter().find(|(to, told)| !receivers.contains(&to.as_str()) && told.to_string().contains(alert));
        other.map_or(Ok(()), |(to, told)| Err(format!("{to} was told {told}").into()))
    }

    /// Waits until Alertmanager says of an alert, wherever it would be told, that it is kept quiet: by another alert, or by
    /// hours.
    fn kept_quiet(&self, alert: &str, by: &str) -> Result<(), Failure> {
        poll::until(PATIENCE, &format!("{alert} is kept quiet"), || {
            let groups: Vec<Value> = serde_json::from_str(&self.api.get("/api/v2/alerts/groups")?)?;
            let all = groups.iter().filter_map(|group| group["alerts"].as_array()).flatten();
            let found: Vec<&Value> =
                all.filter(|found| found["labels"]["alertname"] == alert).map(|found| &found["status"]).collect();
            let is_quiet = |status: &&Value| status[by].as_array().is_some_and(|by| !by.is_empty());
            if !found.is_empty() && found.iter().all(is_quiet) {
                Ok(())
            } else {
                Err(Failure::from(format!("it is not: {found:?}")))
            }
        })
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

/// What is generated by default, but for waits of a second, secrets in a folder of ours, and hours that are quiet now or
/// will be.
fn settings(folder: &Path, quiet: bool) -> Result<GeneratorSettings, Failure> {
    let mut settings = GeneratorSettings::default();
    let own = &mut settings.alertmanager;
    for told in [&mut own.critical, &mut own.warning, &mut own.info] {
        for wait in [&mut told.group_wait, &mut told.group_interval] {
            "1s".clone_into(wait);
        }
    }
    let secrets = fs::canonicalize(folder.parent().ok_or("a folder is in another")?)?.join("secrets");
    own.secrets = secrets.to_str().ok_or("the folder has a name that is no text")?.to_owned();
    let hour = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs() / 3600;
    let (begins, ends) = if quiet { (hour + 23, hour + 2) } else { (hour + 6, hour + 7) };
    let time = |hour: u64| format!("{:02}:00", hour % 24);
    own.quiet_hours = Some(QuietHours { start: time(begins), end: time(ends), time_zone: "UTC".to_owned() });
    Ok(settings)
}

/// The files as they are deployed, and addresses of the sink in the place of secrets.
fn write(files: &GeneratedFiles, folder: &Path, sink: u16) -> Result<(), Failure> {
    fs::create_dir_all(folder.join("templates"))?;
    let text = |path: &str| files.get(path).ok_or_else(|| format!("{path} is not generated"));
    let config = text(CONFIG)?;
    fs::write(folder.join("alertmanager.yaml"), config)?;
    fs::write(folder.join("templates/telemetry.tmpl"), text(TEMPLATES)?)?;
    let secrets = config.lines().filter_map(|line| line.split_once("url_file: '")?.1.strip_suffix('\''));
    for secret in secrets.map(Path::new) {
        let name = secret.file_name().and_then(|name| name.to_str()).ok_or("a secret has a file")?;
        fs::create_dir_all(secret.parent().ok_or("a secret is in a folder")?)?;
        fs::write(secret, format!("http://127.0.0.1:{sink}/{name}"))?;
    }
    Ok(())
}
