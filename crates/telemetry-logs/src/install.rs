//! The log in the console's place, in the lifecycle's set-up.

use telemetry_core::{InitError, LogOutput, LogStart, TelemetryBuilder};

use crate::error::LogsError;
use crate::logs::Logs;
use crate::settings::LogSettings;

/// Has a builder's `init` write lines by this crate's schema in the console's place, as the settings of [`LogSettings`]
/// say: to standard error, unless `logs.console` is `off` or `pretty`, and to files where there is a directory for them. The
/// facade does it where its feature `logs` is on. Where it is neither, the codes of errors are counted all the same.
///
/// `LOG_LEVEL` and `RUST_LOG` say which events are taken, and which are exported as log records, unless
/// `TELEMETRY_LOG_LEVEL` does; `Telemetry::log_levels` changes it while the process runs.
///
/// ```no_run
/// use telemetry_core::Telemetry;
///
/// let telemetry = telemetry_logs::install(Telemetry::builder("shop")).from_env()?.init()?;
/// telemetry.log_levels().set("debug")?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn install(builder: TelemetryBuilder) -> TelemetryBuilder {
    builder.domain::<LogSettings>(|_| {}).log_output(output)
}

fn output(start: &LogStart<'_>) -> Result<LogOutput, InitError> {
    let settings: LogSettings = start.meter.settings_of();
    if let Some(levels) = settings.levels().filter(|_| !start.settings.log_filter_is_set) {
        start.levels.set(&levels)?;
    }
    let builder = Logs::builder(start.settings.resource.service_name.clone())
        .settings(settings)
        .meter(start.meter)
        .levels(start.levels.clone())
        .masker(start.settings.masker.clone());
    let builder = if start.prints { builder } else { builder.files_only() };
    let logs = builder.start().map_err(|error| match error {
        LogsError::Settings(error) => InitError::Settings(error),
        LogsError::Thread(error) => InitError::Thread(error),
    })?;
    let layer = logs.unfiltered();
    let logs = std::sync::Arc::new(logs);
    #[cfg(all(feature = "signals", unix))]
    crate::sighup::reload_at_sighup(&logs).map_err(InitError::Thread)?;
    Ok(LogOutput::new(layer, move |deadline| logs.flush_until(deadline)))
}
