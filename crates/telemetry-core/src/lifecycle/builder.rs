//! What an application says of its telemetry before it starts.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use tracing_subscriber::{Layer, Registry};

use super::error::InitError;
use super::global;
use super::layers::OwnLayer;
use super::output::{LogOutput, LogStart, MakeOutput};
use super::pipeline;
#[cfg(all(feature = "signals", unix))]
use super::stop::AfterSignal;
use super::telemetry::Telemetry;
use crate::propagation::Hosts;
use crate::self_metrics::Signal;
use crate::setting::{SettingsError, SettingsGroup};
use crate::settings::{
    Attributes, Console, ExporterSet, Groups, Headers, ResolvedSettings, SamplerKind, Settings, Url, Variables,
};
use crate::{MeterSettings, Namespace};

impl Telemetry {
    /// Starts to describe the telemetry of a service.
    pub fn builder(service_name: impl Into<String>) -> TelemetryBuilder {
        TelemetryBuilder::new(service_name.into())
    }
}

/// Describes the telemetry of a service. What is set here counts more than the environment, and that more than a file;
/// only the service's name is a default, which `OTEL_SERVICE_NAME` replaces.
///
/// Nothing is checked before [`init`](Self::init) or [`build`](Self::build), which check everything.
///
/// ```no_run
/// use std::time::Duration;
/// use telemetry_core::Telemetry;
///
/// let telemetry = Telemetry::builder("shop")
///     .version(env!("CARGO_PKG_VERSION"))
///     .environment("staging")
///     .endpoint("http://collector:4317")
///     .metric_interval(Duration::from_secs(30))
///     .from_env()?
///     .init()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "a builder does nothing before init() or build()"]
pub struct TelemetryBuilder {
    application: Settings,
    settings: Settings,
    environment: Variables,
    groups: Groups,
    own_subscriber: bool,
    layers: Vec<OwnLayer>,
    diagnostics: Option<bool>,
    output: Option<MakeOutput>,
    #[cfg(all(feature = "signals", unix))]
    signals: Option<AfterSignal>,
}

impl TelemetryBuilder {
    pub(super) fn new(service_name: String) -> Self {
        Self {
            application: Settings::for_service(service_name),
            settings: Settings::default(),
            environment: Variables::default(),
            groups: Groups::default(),
            own_subscriber: false,
            layers: Vec::new(),
            diagnostics: None,
            output: None,
            #[cfg(all(feature = "signals", unix))]
            signals: None,
        }
    }

    /// Adds what the environment says: `OTEL_*` and `TELEMETRY_*`, among them `TELEMETRY_CONFIG_FILE`.
    ///
    /// # Errors
    ///
    /// None so far: what is wrong with a value is told by [`init`](Self::init) or [`build`](Self::build), which know
    /// every [`domain`](Self::domain), and whether the telemetry is turned off.
    pub fn from_env(mut self) -> Result<Self, SettingsError> {
        self.environment = Variables::of_process();
        Ok(self)
    }

    /// Adds what these variables say, as if they were the environment: for tests.
    ///
    /// ```
    /// # use telemetry_core::Telemetry;
    /// let refused = Telemetry::builder("shop").from_vars([("TELEMETRY_LOG_LEVEL", "loud")]).build();
    /// assert!(refused.unwrap_err().to_string().starts_with("TELEMETRY_LOG_LEVEL: \"loud\" is not accepted"));
    /// ```
    pub fn from_vars<K, V>(mut self, vars: impl IntoIterator<Item = (K, V)>) -> Self
    where
        K: Into<String>,
        V: Into<String>,
    {
        self.environment = Variables::new(vars);
        self
    }

    /// Registers the settings of a domain crate: its variables and its keys in the file are read, and the meter carries
    /// what comes out ([`Meter::settings_of`](crate::Meter::settings_of)). `edit` changes what environment and file say;
    /// several are applied in their order.
    ///
    /// ```
    /// use telemetry_core::{Settings, Telemetry};
    ///
    /// /// What holds for all uploads.
    /// #[derive(Settings, Debug, Clone, PartialEq)]
    /// #[settings(key = "s3", env = "TELEMETRY_S3")]
    /// struct S3Settings {
    ///     /// How many parts go at once.
    ///     #[setting(default = 10, accepts = 1..=100)]
    ///     batch: usize,
    ///     /// How often a part is tried.
    ///     #[setting(default = 3, accepts = 1..=10)]
    ///     attempts: u32,
    /// }
    ///
    /// let telemetry = Telemetry::builder("shop")
    ///     .from_vars([("TELEMETRY_S3_BATCH", "20"), ("TELEMETRY_S3_ATTEMPTS", "5")])
    ///     .domain(|s3: &mut S3Settings| s3.batch = 50)
    ///     .build()?;
    /// let s3: S3Settings = telemetry.meter().settings_of();
    /// assert_eq!((s3.batch, s3.attempts), (50, 5));
    /// # Ok::<(), telemetry_core::InitError>(())
    /// ```
    pub fn domain<S: SettingsGroup>(mut self, edit: impl FnOnce(&mut S) + Send + 'static) -> Self {
        self.groups.register(edit);
        self
    }

    /// Edits any setting, those without a method of their own among them.
    ///
    /// ```
    /// # use telemetry_core::Telemetry;
    /// let builder = Telemetry::builder("shop").settings(|settings| settings.limits.span_attributes = Some(64));
    /// ```
    pub fn settings(mut self, edit: impl FnOnce(&mut Settings)) -> Self {
        edit(&mut self.settings);
        self
    }

    /// Where all signals are sent: `http://` or `https://`, host and port. Default: `http://localhost:4317`.
    pub fn endpoint(self, url: impl Into<Url>) -> Self {
        self.settings(|settings| settings.otlp.all.endpoint = Some(url.into()))
    }

    /// A header of every export request, such as an API key. Its value is a secret: no error and no log shows it.
    pub fn header(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.settings(|settings| settings.otlp.all.headers.get_or_insert_with(Headers::default).insert(name, value))
    }

    /// A PEM file with the certificates that the collector's has to descend from. Default: those of the system.
    pub fn ca_file(self, path: impl Into<PathBuf>) -> Self {
        self.settings(|settings| settings.otlp.all.certificate = Some(path.into()))
    }

    /// PEM files with the certificate that is shown to the collector, and its private key. Default: none.
    pub fn client_identity_files(self, certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        self.settings(|settings| {
            settings.otlp.all.client_certificate = Some(certificate.into());
            settings.otlp.all.client_key = Some(key.into());
        })
    }

    /// An attribute of the resource.
    pub fn attribute(self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.settings(|settings| {
            settings.resource.attributes.get_or_insert_with(Attributes::default).insert(key, value);
        })
    }

    /// The service's version, `service.version`. Default: `unknown`.
    pub fn version(self, version: impl Into<String>) -> Self {
        self.attribute("service.version", version)
    }

    /// The group that the service belongs to, `service.namespace`. Default: none.
    pub fn service_namespace(self, namespace: impl Into<String>) -> Self {
        self.attribute("service.namespace", namespace)
    }

    /// What tells this replica from its siblings, `service.instance.id`. Default: a random UUID.
    pub fn instance_id(self, id: impl Into<String>) -> Self {
        self.attribute("service.instance.id", id)
    }

    /// Where the service runs, `deployment.environment.name`. Default: `unknown`.
    pub fn environment(self, name: impl Into<String>) -> Self {
        self.attribute("deployment.environment.name", name)
    }

    /// The prefix of the metrics that follow the namespace. Default: `agentpane`.
    pub fn metric_namespace(self, namespace: Namespace) -> Self {
        self.domain(|meter: &mut MeterSettings| meter.namespace = namespace)
    }

    /// How often metrics are exported. Default: 15 s.
    pub fn metric_interval(self, interval: Duration) -> Self {
        self.settings(|settings| settings.metrics.export_interval = Some(interval))
    }

    /// Which traces are kept. Default: as the parent decided, and every trace that starts here.
    pub fn sampler(self, sampler: SamplerKind) -> Self {
        self.settings(|settings| settings.sampling.sampler = Some(sampler))
    }

    /// Keeps this share of the traces that start here, from 0 to 1, and follows the parent's decision in others.
    pub fn sample_ratio(self, ratio: f64) -> Self {
        self.settings(|settings| {
            settings.sampling.sampler = Some(SamplerKind::ParentBasedTraceIdRatio);
            settings.sampling.ratio = Some(ratio);
        })
    }

    /// Which `tracing` spans become spans of a trace: a level, and levels by target, such as `info,telemetry_http=warn`.
    /// Default: `info`.
    pub fn traces_level(self, level: impl Into<String>) -> Self {
        self.settings(|settings| settings.sampling.level = Some(level.into()))
    }

    /// Which events are exported and printed: a level, and levels by target, such as `warn,shop::checkout=debug`.
    /// Default: `info`.
    pub fn log_level(self, level: impl Into<String>) -> Self {
        self.settings(|settings| settings.logs.level = Some(level.into()))
    }

    /// Whether and how the application's events are printed to standard error. Default: short and coloured at a terminal,
    /// one JSON object a line otherwise; not at all beside layers or a subscriber of the application's own.
    pub fn console(self, form: Console) -> Self {
        self.settings(|settings| settings.logs.console = Some(form))
    }

    /// Serves the metrics for Prometheus at `/metrics` on this address, beside the export. Port 0 takes any free one
    /// ([`Telemetry::prometheus_address`]). Needs the cargo feature `prometheus`. Default: no.
    pub fn prometheus(self, listen: SocketAddr) -> Self {
        self.settings(|settings| settings.prometheus.listen = Some(listen))
    }

    /// Lets a server of the application's own serve the metrics for Prometheus, with `Telemetry::scraper`; nothing
    /// else listens for them unless [`prometheus`](Self::prometheus) says where. Needs the cargo feature `prometheus`.
    /// Default: no.
    pub fn prometheus_embedded(self) -> Self {
        self.settings(|settings| settings.prometheus.embedded = Some(true))
    }

    /// The hosts that the trace's context is sent to, such as `*.internal`. Default: all.
    pub fn trace_context_to(self, hosts: Hosts) -> Self {
        self.settings(|settings| settings.trace_context_to = Some(hosts))
    }

    /// The hosts that baggage is sent to. Default: none.
    pub fn baggage_to(self, hosts: Hosts) -> Self {
        self.settings(|settings| settings.baggage_to = Some(hosts))
    }

    /// How long the shutdown may take. Default: 5 s.
    pub fn shutdown_timeout(self, limit: Duration) -> Self {
        self.settings(|settings| settings.shutdown_timeout = Some(limit))
    }

    /// Turns all telemetry into no-ops, as `OTEL_SDK_DISABLED` does.
    pub fn disabled(self, disabled: bool) -> Self {
        self.settings(|settings| settings.disabled = Some(disabled))
    }

    /// Does not export this signal over OTLP.
    pub fn disable_signal(self, signal: Signal) -> Self {
        self.settings(|settings| {
            let exporters = &mut settings.exporters;
            match signal {
                Signal::Metrics => exporters.metrics = Some(ExporterSet::NONE),
                Signal::Traces => exporters.traces = Some(ExporterSet::NONE),
                Signal::Logs => exporters.logs = Some(ExporterSet::NONE),
            }
        })
    }

    /// Metrics alone: neither spans nor log records, and no tracing subscriber.
    pub fn meter_only(self) -> Self {
        self.disable_signal(Signal::Traces).disable_signal(Signal::Logs).own_subscriber()
    }

    /// Adds a layer of the application's to the subscriber that [`init`](Self::init) installs: its console or file
    /// log, for example.
    pub fn with_layer(mut self, layer: impl Layer<Registry> + Send + Sync + 'static) -> Self {
        self.layers.push(layer.boxed());
        self
    }

    /// Has an output of events take the console's place in the subscriber that [`init`](Self::init) installs, beside
    /// layers of the application's too: such as `telemetry-logs`, which makes it with this. It is made once the settings are
    /// known, and sees what is exported and, where it prints, what the exporter says of itself.
    pub fn log_output(
        mut self,
        make: impl FnOnce(&LogStart<'_>) -> Result<LogOutput, InitError> + Send + 'static,
    ) -> Self {
        self.output = Some(Box::new(make));
        self
    }

    /// Leaves the tracing subscriber to the application, which adds [`Telemetry::layer`] to its own.
    pub fn own_subscriber(mut self) -> Self {
        self.own_subscriber = true;
        self
    }

    /// Whether what the exporter says of itself ([`LOG_TARGET`](crate::LOG_TARGET)) is printed to standard error.
    /// Default: yes, unless the application has a layer or a subscriber of its own that shows it.
    pub fn diagnostics(mut self, print: bool) -> Self {
        self.diagnostics = Some(print);
        self
    }

    /// Handles SIGINT and SIGTERM once it is [initialized](Self::init): what is queued is flushed before the process ends.
    /// Needs the cargo feature `signals`. Default: no; the facade's `telemetry::init` does.
    #[cfg(all(feature = "signals", unix))]
    pub fn on_signals(mut self, then: AfterSignal) -> Self {
        self.signals = Some(then);
        self
    }

    /// Starts the telemetry and makes it the process's: the global meter, the global OpenTelemetry providers, the
    /// propagators and the tracing subscriber.
    ///
    /// # Errors
    ///
    /// [`InitError`]; then nothing runs and nothing is installed.
    pub fn init(self) -> Result<Telemetry, InitError> {
        let claim = global::Claim::take()?;
        let subscriber = (!self.own_subscriber).then_some(global::Subscriber {
            diagnostics: self.diagnostics,
            layers: self.layers,
            output: self.output,
        });
        let settings = resolve(self.application, self.settings, &self.environment, self.groups)?;
        global::check(subscriber.is_some())?;
        let telemetry = Telemetry::from(pipeline::start(&settings)?);
        #[cfg(all(feature = "signals", unix))]
        if let Some(then) = self.signals {
            telemetry.shutdown_on_signals(then).map_err(InitError::Signals)?;
        }
        global::install(&telemetry, subscriber, &settings)?;
        telemetry.warn();
        claim.keep();
        Ok(telemetry)
    }

    /// Starts the telemetry without making anything global, for an application that composes it itself from
    /// [`Telemetry::layer`], [`Telemetry::meter`], [`Telemetry::install_sampling`] and the providers. Layers given to
    /// [`with_layer`](Self::with_layer) are not used.
    ///
    /// # Errors
    ///
    /// [`InitError`]; then nothing runs.
    pub fn build(self) -> Result<Telemetry, InitError> {
        let settings = resolve(self.application, self.settings, &self.environment, self.groups)?;
        let telemetry = Telemetry::from(pipeline::start(&settings)?);
        telemetry.warn();
        Ok(telemetry)
    }

    /// What [`init`](Self::init) would start with, complete and checked; nothing starts.
    ///
    /// ```
    /// # use telemetry_core::Telemetry;
    /// let settings = Telemetry::builder("shop").from_vars([("OTEL_TRACES_SAMPLER_ARG", "0.1")]).resolve()?;
    /// assert!(settings.warnings[0].to_string().starts_with("OTEL_TRACES_SAMPLER_ARG: 0.1 has no effect"));
    /// # Ok::<(), telemetry_core::SettingsError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SettingsError`] of the first value that is not accepted.
    pub fn resolve(self) -> Result<ResolvedSettings, SettingsError> {
        resolve(self.application, self.settings, &self.environment, self.groups)
    }
}

fn resolve(
    application: Settings,
    builder: Settings,
    environment: &Variables,
    groups: Groups,
) -> Result<ResolvedSettings, SettingsError> {
    let environment = environment.read(&groups);
    ResolvedSettings::resolve_with([builder, environment, application], groups)
}

impl std::fmt::Debug for TelemetryBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TelemetryBuilder").field("settings", &self.settings).finish_non_exhaustive()
    }
}
