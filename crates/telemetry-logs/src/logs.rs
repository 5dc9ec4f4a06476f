//! The log of a service: what an application starts, and what its subscriber takes.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use telemetry_core::mask::Masker;
use telemetry_core::{Errors, LogLevels, Meter, SettingsError, SettingsGroup as _, read_regular_to_string};
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::registry::LookupSpan;

use crate::error::LogsError;
use crate::escape::escape;
use crate::layer::{LogLayer, Shared, Taken};
use crate::sampling::LineSampling;
use crate::settings::LogSettings;
use crate::sink::{FileSettings, Files, Keep, Notices, SharedStream, Sink, Sinks, Stream};
use crate::timestamp::Clock;

/// What holds where nobody says a level.
const LEVEL: &str = "info";
/// How long the end of a log waits for its lines to be written.
const AT_END: Duration = Duration::from_secs(1);
/// The most bytes of a file that says levels.
const LEVEL_FILE: u64 = 4_096;

/// The log of a service. Keep it until the end of `main`: dropping it waits a second at most for lines that are not written
/// yet.
///
/// ```
/// use telemetry_logs::Logs;
/// use tracing_subscriber::layer::SubscriberExt as _;
///
/// let logs = Logs::builder("shop").start()?;
/// let subscriber = tracing_subscriber::registry().with(logs.layer());
/// tracing::subscriber::with_default(subscriber, || tracing::info!(till_id = "north", "open"));
/// // {"timestamp":"…","level":"info","message":"open","service":"shop","component":"api","data":{"till_id":"north"}}
/// logs.levels().set("debug")?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "dropping it ends the log's lines"]
pub struct Logs {
    shared: Arc<Shared>,
    levels: LogLevels,
    /// What the settings say of the levels.
    settled: String,
    settings: LogSettings,
}

impl Logs {
    /// Starts to describe the log of a service.
    pub fn builder(service: impl Into<String>) -> LogsBuilder {
        LogsBuilder {
            service: service.into(),
            settings: LogSettings::default(),
            meter: Meter::global(),
            levels: None,
            masker: Masker::default(),
            clock: Arc::new(SystemTime::now),
            prints: true,
            stream: None,
        }
    }

    /// The layer that makes lines of events, with a filter of its own: the events of [`levels`](Self::levels).
    pub fn layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
    {
        LogLayer(Arc::clone(&self.shared)).with_filter(Taken(self.levels.clone()))
    }

    /// The layer without a filter.
    #[cfg(feature = "lifecycle")]
    pub(crate) fn unfiltered(&self) -> LogLayer {
        LogLayer(Arc::clone(&self.shared))
    }

    /// Which events are taken, to be changed while the process runs.
    pub fn levels(&self) -> &LogLevels {
        &self.levels
    }

    /// Reads the file again that says the levels (`log.level_file`), as a SIGHUP has it. Where it is empty or gone, what
    /// the settings say holds again.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] where it says no levels, or cannot be read; then it stays as it was.
    pub fn reload(&self) -> Result<(), SettingsError> {
        let Some(path) = &self.settings.level_file else { return Ok(()) };
        let wrong = |reason: String| SettingsError::file("log.level_file", path, reason);
        let text = match path.try_exists() {
            Ok(false) => String::new(),
            _ => read_regular_to_string(path, LEVEL_FILE).map_err(|error| wrong(error.to_string()))?,
        };
        let levels = match text.trim() {
            "" => self.settled.as_str(),
            levels => levels,
        };
        self.levels.set(levels).map_err(|error| wrong(error.to_string()))
    }

    #[cfg(all(feature = "signals", unix))]
    pub(crate) fn has_level_file(&self) -> bool {
        self.settings.level_file.is_some()
    }

    /// Waits until all lines so far are written, at most so long; whether they are.
    pub fn flush(&self, limit: Duration) -> bool {
        self.flush_until(Instant::now() + limit)
    }

    pub(crate) fn flush_until(&self, deadline: Instant) -> bool {
        self.shared.sinks.flush(deadline)
    }
}

impl Drop for Logs {
    fn drop(&mut self) {
        let _nobody_to_tell = self.flush(AT_END);
    }
}

impl std::fmt::Debug for Logs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Logs")
            .field("service", &self.shared.service)
            .field("levels", &self.levels)
            .finish_non_exhaustive()
    }
}

/// Describes the log of a service: to standard error, and to files where the settings name a directory.
#[must_use = "a builder does nothing before start()"]
pub struct LogsBuilder {
    service: String,
    settings: LogSettings,
    meter: Meter,
    levels: Option<LogLevels>,
    masker: Masker,
    clock: Clock,
    prints: bool,
    stream: Option<Box<dyn Write + Send>>,
}

impl LogsBuilder {
    /// The settings. Default: none but the defaults.
    pub fn settings(mut self, settings: LogSettings) -> Self {
        self.settings = settings;
        self
    }

    /// The meter that counts errors by their codes, and lines that are dropped. Default: the global one.
    pub fn meter(mut self, meter: &Meter) -> Self {
        self.meter = meter.clone();
        self
    }

    /// Which events are taken, where somebody else says it too. Default: what the settings say.
    pub fn levels(mut self, levels: LogLevels) -> Self {
        self.levels = Some(levels);
        self
    }

    /// What is known to be a secret. Default: no more than what always is.
    ///
    /// ```
    /// use telemetry_core::mask::Masker;
    /// use telemetry_logs::Logs;
    ///
    /// let masker = Masker::new(["employee_pin"], ["acme_live_"]);
    /// let logs = Logs::builder("shop").masker(masker).start()?;
    /// # Ok::<(), telemetry_logs::LogsError>(())
    /// ```
    pub fn masker(mut self, masker: Masker) -> Self {
        self.masker = masker;
        self
    }

    /// Where lines go instead of standard error, and those that files cannot take. It is written to on a thread of its own,
    /// and may take as long as it likes.
    pub fn to(mut self, stream: impl Write + Send + 'static) -> Self {
        self.stream = Some(Box::new(stream));
        self
    }

    /// No lines to standard error; those that files cannot take go there all the same.
    pub fn files_only(mut self) -> Self {
        self.prints = false;
        self
    }

    /// What time it is, for the lines and for how long files are kept: for tests.
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Starts the log. A directory that cannot be written is no error: its lines go to standard error, until it can.
    ///
    /// # Errors
    ///
    /// [`LogsError`]: a setting that is not accepted, or no thread for the writer.
    pub fn start(self) -> Result<Logs, LogsError> {
        self.settings.validate()?;
        let settled = match &self.levels {
            Some(levels) => levels.to_string(),
            None => self.settings.levels().unwrap_or_else(|| LEVEL.to_owned()),
        };
        let levels = match self.levels {
            Some(levels) => levels,
            None => LogLevels::new(&settled)?,
        };
        let mut service = String::new();
        escape(&self.service, &mut service);
        let component = self.settings.component();
        let notices = Notices { service, component, clock: self.clock, meter: self.meter };
        let mut sinks = Sinks::default();
        let buffer = self.settings.buffer_size;
        let stream = SharedStream::new(self.stream.unwrap_or_else(|| Box::new(io::stderr())));
        if self.prints {
            sinks.add(Sink::start("telemetry-log-print", buffer, notices.clone(), Stream(stream.clone()))?);
        }
        if let Some(files) = file_settings(&self.settings, &self.service, stream, self.prints) {
            let files = Files::start(files, notices.clone())?;
            sinks.add(Sink::start("telemetry-log", buffer, notices.clone(), files)?);
        }
        let shared = Arc::new(Shared {
            service: notices.service,
            component,
            masker: self.masker,
            sampling: LineSampling::new(&self.settings.sampling),
            errors: Errors::new(&notices.meter),
            clock: notices.clock,
            sinks,
        });
        let logs = Logs { shared, levels, settled, settings: self.settings };
        logs.reload()?;
        Ok(logs)
    }
}

impl std::fmt::Debug for LogsBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LogsBuilder")
            .field("service", &self.service)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// What the files are, if there are any.
fn file_settings(settings: &LogSettings, service: &str, stream: SharedStream, prints: bool) -> Option<FileSettings> {
    let directory = settings.directory.clone()?;
    let retention = &settings.retention;
    let keep = Keep {
        directory,
        name: settings.file_name.clone().unwrap_or_else(|| file_name(service)),
        max_files: settings.max_files,
        compress: settings.compress,
        retention: [retention.debug, retention.info, retention.warn, retention.error],
    };
    // Where standard error has all lines anyway, they would be there twice.
    let instead = (!prints).then(|| stream.clone());
    Some(FileSettings { keep, max_size: settings.max_file_size, instead, said: stream })
}

/// A service's name as a file may be called.
fn file_name(service: &str) -> String {
    let sound = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' };
    let name: String = service.trim_start_matches('.').chars().map(sound).collect();
    if name.is_empty() { "log".to_owned() } else { name }
}
