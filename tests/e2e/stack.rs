//! The collector and two Prometheus: one scrapes, the other is pushed to. Configured as `deploy` says, on free ports.
//!
//! Each way has a collector of its own, because the push takes the place of the scrape. The one that applications know
//! hands on to the one that pushes what it was given.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use telemetry_testkit::OtlpSink;
use telemetry_tests::http::Http;
use telemetry_tests::program::Program;
use telemetry_tests::prometheus::Prometheus;
use telemetry_tests::{Failure, ports};

/// How long a program may take to start or to end, on a machine that is busy.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// The job of what Prometheus scrapes from the platform itself.
pub(crate) const PULL_JOB: &str = "platform-pull";

/// Where a scenario runs: the programs, and a folder of its own for configurations, data and logs.
pub(crate) struct Site {
    pub(crate) tools: PathBuf,
    pub(crate) platform: PathBuf,
    pub(crate) folder: PathBuf,
    /// How long it may take to see whether memory grows.
    pub(crate) watch: Duration,
}

impl Site {
    pub(crate) fn new(tools: &Path, platform: &Path, scenario: &str, watch: Duration) -> Result<Self, Failure> {
        let folder = tools.with_file_name("e2e").join(scenario);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        Ok(Self { tools: tools.to_owned(), platform: platform.to_owned(), folder, watch })
    }
}

/// What is deployed, in this repository.
pub(crate) fn deploy() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy")
}

/// What a Prometheus is started with, as `deploy` says, and for the tests `anchored`: sums without what Prometheus adds
/// at the ends of a window.
const FEATURES: &str = "--enable-feature=created-timestamp-zero-ingestion,promql-extended-range-selectors";

/// The running stack.
pub(crate) struct Stack<'a> {
    site: &'a Site,
    overlays: Vec<PathBuf>,
    collector: Option<Program>,
    ports: Ports,
    scraping: Program,
    pushed: Program,
    pushing: Program,
    /// The Prometheus that scrapes.
    pub(crate) scrape: Prometheus,
    /// The Prometheus that the collector pushes to.
    pub(crate) push: Prometheus,
    /// Where the collector passes traces and logs on to.
    pub(crate) backend: OtlpSink,
}

/// The collector that is scraped, and the Prometheus that is pushed to.
struct Ports {
    collector: CollectorPorts,
    push: u16,
}

/// Where a collector listens.
pub(crate) struct CollectorPorts {
    pub(crate) otlp: u16,
    pub(crate) metrics: u16,
    pub(crate) own: u16,
    pub(crate) health: u16,
}

impl<'a> Stack<'a> {
    pub(crate) fn start(site: &'a Site) -> Result<Self, Failure> {
        Self::start_with(site, None)
    }

    /// With rules and a Prometheus from another folder than the deployed one.
    pub(crate) fn start_of(site: &'a Site, deployed: &Path) -> Result<Self, Failure> {
        Self::start_as(site, None, deployed)
    }

    /// With a configuration of the collector that is laid over the deployed ones.
    pub(crate) fn start_with(site: &'a Site, overlay: Option<PathBuf>) -> Result<Self, Failure> {
        Self::start_as(site, overlay, &deploy())
    }

    fn start_as(site: &'a Site, overlay: Option<PathBuf>, deployed: &Path) -> Result<Self, Failure> {
        // What the collector batches for it is the collector's affair.
        let backend = OtlpSink::builder().max_message_bytes(64 << 20).start()?;
        let [otlp, metrics, own, health, scrape, push, behind @ ..] = ports::free::<10>()?;
        let ports = Ports { collector: CollectorPorts { otlp, metrics, own, health }, push };
        let scraping = start_prometheus(site, "prometheus-scrape", &ports, scrape, deployed)?;
        let pushed = start_prometheus(site, "prometheus-push", &ports, push, deployed)?;

        let [otlp, metrics, own, health] = behind;
        let behind = CollectorPorts { otlp, metrics, own, health };
        let replaced = [deploy().join("otel-collector/push-to-prometheus.yaml")];
        let (push, scrape) = (Prometheus::new(push)?, Prometheus::new(scrape)?);
        let pushing = start_collector(site, "otelcol-push", &behind, ports.push, backend.port(), &replaced)?;
        let hand_on = site.folder.join("hand-on.yaml");
        fs::write(&hand_on, HAND_ON.replace("PORT", &otlp.to_string()))?;

        let overlays = [hand_on].into_iter().chain(overlay).collect();
        let mut stack =
            Self { site, overlays, collector: None, ports, scraping, pushed, pushing, scrape, push, backend };
        stack.start_collector()?;
        stack.scraping.wait_ready(PATIENCE, || stack.scrape.ready())?;
        stack.pushed.wait_ready(PATIENCE, || stack.push.ready())?;
        Ok(stack)
    }

    /// Where the collector takes OTLP.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.ports.collector.otlp)
    }

    /// Lets Prometheus scrape the platform itself.
    pub(crate) fn scrape_platform(&self, port: u16) -> Result<(), Failure> {
        let targets = format!(r#"[{{"targets": ["127.0.0.1:{port}"]}}]"#);
        let folder = self.site.folder.join("prometheus-scrape");
        // Whoever reads it sees all of it or nothing.
        fs::write(folder.join("pull.json.new"), targets)?;
        fs::rename(folder.join("pull.json.new"), folder.join("pull.json"))?;
        Ok(())
    }

    /// Starts the collector, or starts it again on the same ports and with the same folder.
    pub(crate) fn start_collector(&mut self) -> Result<(), Failure> {
        let Ports { collector, push } = &self.ports;
        let backend = self.backend.port();
        self.collector = Some(start_collector(self.site, "otelcol", collector, *push, backend, &self.overlays)?);
        Ok(())
    }

    /// Kills the collector, as a machine that fails does.
    pub(crate) fn kill_collector(&mut self) -> Result<(), Failure> {
        let collector = self.collector.take().ok_or("the collector does not run")?;
        Ok(collector.kill()?)
    }

    /// Asks everything to end.
    pub(crate) fn stop(self) -> Result<(), Failure> {
        if let Some(collector) = self.collector {
            collector.stop(PATIENCE)?;
        }
        self.pushing.stop(PATIENCE)?;
        self.scraping.stop(PATIENCE)?;
        self.pushed.stop(PATIENCE)
    }
}

/// What the collector is given to hand its metrics on: one at a time, so that they stay in order.
const HAND_ON: &str = "\
exporters:
  otlp_grpc/pushing:
    endpoint: 127.0.0.1:PORT
    tls: { insecure: true }
    retry_on_failure: { initial_interval: 100ms, max_interval: 1s }
    sending_queue: { num_consumers: 1 }
service: { pipelines: { metrics: { exporters: [prometheus, otlp_grpc/pushing] } } }
";

/// A collector with the deployed configuration, and others laid over it, which push to that port.
pub(crate) fn start_collector(
    site: &Site,
    name: &str,
    ports: &CollectorPorts,
    push: u16,
    backend: u16,
    overlays: &[PathBuf],
) -> Result<Program, Failure> {
    let mut command = Command::new(site.tools.join("otelcol"));
    command.arg("--config").arg(deploy().join("otel-collector/collector.yaml"));
    for overlay in overlays {
        command.arg("--config").arg(overlay);
    }
    command.env("OTELCOL_HOST", "127.0.0.1").env("OTELCOL_STORAGE", site.folder.join(format!("{name}-queue")));
    let listen = [
        ("OTELCOL_OTLP_PORT", ports.otlp),
        ("OTELCOL_METRICS_PORT", ports.metrics),
        ("OTELCOL_SELF_PORT", ports.own),
        ("OTELCOL_HEALTH_PORT", ports.health),
    ];
    command.envs(listen.map(|(name, port)| (name, port.to_string())));
    for back_end in ["PROMETHEUS_URL", "VICTORIAMETRICS_URL"] {
        command.env(back_end, format!("http://127.0.0.1:{push}"));
    }
    command.env("OTLP_BACKEND_ENDPOINT", format!("127.0.0.1:{backend}"));
    command.env("OTLP_BACKEND_PLAINTEXT", "true");
    let mut collector = Program::start(name, &mut command, &site.folder)?;
    let health = Http::new(ports.health)?;
    collector.wait_ready(PATIENCE, || health.get("/").map(|_| ()))?;
    Ok(collector)
}

/// How Prometheus is told to keep what it scrapes as native histograms.
const NATIVE: &str = "convert_classic_histograms_to_nhcb: true";

/// Prometheus with the deployed configuration and rules, in a folder of its own.
fn start_prometheus(site: &Site, name: &str, ports: &Ports, port: u16, deployed: &Path) -> Result<Program, Failure> {
    let folder = site.folder.join(name);
    fs::create_dir_all(folder.join("rules"))?;
    let source = deployed.join("prometheus");
    // What takes minutes in production has to take seconds here.
    let mut configuration = adapted(
        &source.join("prometheus.yaml"),
        &[
            ("scrape_interval: 15s", "scrape_interval: 1s"),
            ("evaluation_interval: 30s", "evaluation_interval: 1s"),
            ("otel-collector:8889", &format!("127.0.0.1:{}", ports.collector.metrics)),
            ("otel-collector:8888", &format!("127.0.0.1:{}", ports.collector.own)),
        ],
    )?;
    if port == ports.push {
        // What is pushed shall not be scraped as well.
        let scrapes = configuration.find("scrape_configs:").ok_or("the configuration scrapes nothing")?;
        configuration.truncate(scrapes);
    } else {
        let pull = format!("  - job_name: {PULL_JOB}\n    file_sd_configs:\n      - files: [pull.json]\n");
        let is_native = configuration.contains(NATIVE);
        configuration.push_str(&pull);
        if is_native {
            configuration.push_str(&format!("    {NATIVE}\n"));
        }
    }
    fs::write(folder.join("prometheus.yaml"), configuration)?;
    for rules in fs::read_dir(source.join("rules"))? {
        let rules = rules?;
        let text = adapted(&rules.path(), &[("interval: '30s'", "interval: '1s'")])?;
        // What looks back a month is evaluated less often, where a domain has objectives.
        let text = text.replace("interval: '2m'", "interval: '1s'");
        fs::write(folder.join("rules").join(rules.file_name()), text)?;
    }
    run_prometheus(site, name, &folder, port)
}

/// Prometheus with the configuration in that folder.
pub(crate) fn run_prometheus(site: &Site, name: &str, folder: &Path, port: u16) -> Result<Program, Failure> {
    let mut command = Command::new(site.tools.join("prometheus"));
    command.arg(format!("--config.file={}", folder.join("prometheus.yaml").display()));
    command.arg(format!("--storage.tsdb.path={}", folder.join("data").display()));
    command.arg(format!("--web.listen-address=127.0.0.1:{port}"));
    command.args(["--web.enable-otlp-receiver", FEATURES, "--log.level=warn"]);
    Program::start(name, &mut command, &site.folder)
}

/// The text of a file with parts replaced, which have to be there: else the tests would run something else than they
/// seem to.
pub(crate) fn adapted(file: &Path, parts: &[(&str, &str)]) -> Result<String, Failure> {
    let mut text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    for (deployed, here) in parts {
        if !text.contains(deployed) {
            return Err(format!("{} has no `{deployed}`", file.display()).into());
        }
        text = text.replace(deployed, here);
    }
    Ok(text)
}
