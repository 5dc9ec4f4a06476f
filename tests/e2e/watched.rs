//! A collector, a Prometheus that watches it, and an Alertmanager, as they are generated with given settings: what fires
//! there is told a sink.

use std::fs;

use telemetry_mixin::{GeneratedFiles, GeneratorSettings, generate};
use telemetry_testkit::OtlpSink;
use telemetry_tests::program::Program;
use telemetry_tests::prometheus::Prometheus;
use telemetry_tests::{Failure, ports};

use crate::alertmanager::Alertmanager;
use crate::sink::Sink;
use crate::stack::{CollectorPorts, PATIENCE, Site, adapted, run_prometheus, start_collector};

/// The collector goes on telling of what is told of no longer, as of a run that has ended: for five minutes as it is
/// deployed, which is as long as alerts on such have to hold there.
const FORGETS: &str = "exporters: { prometheus: { metric_expiration: 4s } }\n";

/// The three, while they run.
pub(crate) struct Watched<'a> {
    site: &'a Site,
    ports: CollectorPorts,
    collector: Option<Program>,
    /// Where the collector passes traces and logs on to.
    backend: OtlpSink,
    program: Program,
    pub(crate) prometheus: Prometheus,
    pub(crate) alertmanager: Alertmanager,
    /// What they run by.
    pub(crate) files: GeneratedFiles,
}

impl<'a> Watched<'a> {
    /// Starts them, Alertmanager where Prometheus is told that it is.
    pub(crate) fn start(site: &'a Site, sink: &Sink, mut settings: GeneratorSettings) -> Result<Self, Failure> {
        let [otlp, metrics, own, health, port, alerts] = ports::free()?;
        settings.alertmanager.address = format!("127.0.0.1:{alerts}");
        let files = generate(&settings, &telemetry::domains())?;
        let alertmanager = Alertmanager::start(site, "alertmanager", sink, &files, Some(alerts))?;
        let ports = CollectorPorts { otlp, metrics, own, health };
        let program = start_prometheus(site, &files, &ports, port)?;
        let (backend, prometheus) = (OtlpSink::builder().max_message_bytes(64 << 20).start()?, Prometheus::new(port)?);
        let mut watched = Self { site, ports, collector: None, backend, program, prometheus, alertmanager, files };
        watched.start_collector()?;
        watched.program.wait_ready(PATIENCE, || watched.prometheus.ready())?;
        Ok(watched)
    }

    /// Where the collector takes OTLP.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.ports.otlp)
    }

    /// Starts the collector, or starts it again where it was.
    pub(crate) fn start_collector(&mut self) -> Result<(), Failure> {
        let overlay = self.site.folder.join("forgets.yaml");
        fs::write(&overlay, FORGETS)?;
        let (site, ports, backend) = (self.site, &self.ports, self.backend.port());
        // Prometheus scrapes it, and nothing is pushed.
        self.collector = Some(start_collector(site, "otelcol", ports, 0, backend, &[overlay])?);
        Ok(())
    }

    /// Kills the collector, as a machine that fails does.
    pub(crate) fn kill_collector(&mut self) -> Result<(), Failure> {
        Ok(self.collector.take().ok_or("the collector does not run")?.kill()?)
    }

    /// Asks everything to end.
    pub(crate) fn stop(self) -> Result<(), Failure> {
        if let Some(collector) = self.collector {
            collector.stop(PATIENCE)?;
        }
        self.program.stop(PATIENCE)?;
        self.alertmanager.stop()
    }
}

/// Prometheus by the generated files, which know the collector by another address.
fn start_prometheus(
    site: &Site,
    files: &GeneratedFiles,
    ports: &CollectorPorts,
    port: u16,
) -> Result<Program, Failure> {
    let folder = site.folder.join("prometheus");
    for (path, text) in files.iter() {
        let Some(path) = path.strip_prefix("deploy/prometheus/").map(|path| folder.join(path)) else { continue };
        fs::create_dir_all(path.parent().unwrap_or(&folder))?;
        fs::write(path, text)?;
    }
    let configuration = folder.join("prometheus.yaml");
    let adapted = adapted(
        &configuration,
        &[
            ("otel-collector:8889", &format!("127.0.0.1:{}", ports.metrics)),
            ("otel-collector:8888", &format!("127.0.0.1:{}", ports.own)),
        ],
    )?;
    fs::write(configuration, adapted)?;
    run_prometheus(site, "prometheus", &folder, port)
}
