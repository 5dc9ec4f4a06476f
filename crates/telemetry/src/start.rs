//! From a name to running telemetry.

use telemetry_core::{InitError, Telemetry, TelemetryBuilder};

use crate::domains::register;

/// Starts the telemetry of a service as its environment says, and makes it the process's. Keep what it returns until the
/// end of `main`.
///
/// It exports metrics, spans and log records over OTLP/gRPC to `OTEL_EXPORTER_OTLP_ENDPOINT` (`http://localhost:4317`
/// unless set), and prints the application's events to standard error; with the cargo feature `logs` as lines of
/// `telemetry-logs`, without secrets, also to files. Every variable is in `docs/settings.md`; those of
/// the domains whose features are on are known too.
///
/// At SIGINT (Ctrl-C) and SIGTERM, what is queued is flushed; then the process ends, unless the application handles the
/// signal itself (cargo feature `signals`, on by default; [`AfterSignal`](telemetry_core::AfterSignal)).
///
/// ```no_run
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let _telemetry = telemetry::init("tool-runtime")?;
///     tracing::info!("ready");
///     Ok(())
/// }
/// ```
///
/// # Errors
///
/// [`InitError`] when a setting is not accepted, which it names with what is, when the process has telemetry or a
/// subscriber of `tracing` already, or when the system has no thread left. Nothing has started then.
pub fn init(service_name: impl Into<String>) -> Result<Telemetry, InitError> {
    let builder = builder(service_name).from_env()?;
    #[cfg(all(feature = "signals", unix))]
    let builder = builder.on_signals(telemetry_core::AfterSignal::default());
    builder.init()
}

/// Describes the telemetry of a service, with the settings of every domain whose feature is on. The environment is read
/// only if [`from_env`](TelemetryBuilder::from_env) says so.
///
/// ```no_run
/// use std::time::Duration;
///
/// let telemetry = telemetry::builder("tool-runtime")
///     .version(env!("CARGO_PKG_VERSION"))
///     .metric_interval(Duration::from_secs(30))
///     .from_env()?
///     .init()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn builder(service_name: impl Into<String>) -> TelemetryBuilder {
    let builder = register(Telemetry::builder(service_name));
    #[cfg(feature = "logs")]
    let builder = telemetry_logs::install(builder);
    builder
}
