//! A log in memory or in a directory of its own, and a clock that stands still.

use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;
use telemetry_logs::{LogSettings, Logs, LogsBuilder, SamplingSettings};
use tracing_subscriber::layer::SubscriberExt as _;

pub(crate) const SOON: Duration = Duration::from_secs(30);

/// What was written to a stream.
#[derive(Clone, Default)]
pub(crate) struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    pub(crate) fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        String::from_utf8(bytes).expect("lines are text")
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A log whose lines stay in memory.
pub(crate) struct Log {
    pub(crate) logs: Logs,
    written: Written,
}

impl Log {
    pub(crate) fn new() -> Self {
        Self::with(|builder| builder.settings(all()))
    }

    pub(crate) fn with(describe: impl FnOnce(LogsBuilder) -> LogsBuilder) -> Self {
        let written = Written::default();
        let logs = describe(Logs::builder("shop").to(written.clone())).start().expect("the settings are good");
        Self { logs, written }
    }

    /// Runs this with the log as the subscriber.
    pub(crate) fn run<T>(&self, work: impl FnOnce() -> T) -> T {
        tracing::subscriber::with_default(tracing_subscriber::registry().with(self.logs.layer()), work)
    }

    pub(crate) fn text(&self) -> String {
        assert!(self.logs.flush(SOON), "nothing keeps memory from being written");
        self.written.text()
    }

    pub(crate) fn lines(&self) -> Vec<Value> {
        parsed(&self.text())
    }

    /// The one line that this leads to.
    pub(crate) fn line(work: impl FnOnce()) -> Value {
        let log = Self::new();
        log.run(work);
        let mut lines = log.lines();
        assert_eq!(lines.len(), 1, "{lines:?}");
        lines.remove(0)
    }
}

/// Everything is taken and written.
pub(crate) fn all() -> LogSettings {
    LogSettings {
        level: Some("trace".to_owned()),
        sampling: SamplingSettings { debug: 1.0, ..SamplingSettings::default() },
        ..LogSettings::default()
    }
}

/// The same, to files of this directory.
pub(crate) fn to(directory: &Path) -> LogSettings {
    LogSettings { directory: Some(directory.to_owned()), compress: false, ..all() }
}

/// A log that writes to files alone.
pub(crate) fn files(settings: LogSettings, clock: &PausedClock) -> Logs {
    let clock = clock.clone();
    let builder = Logs::builder("shop").settings(settings).files_only().clock(move || clock.now());
    builder.start().expect("the settings are good")
}

/// Runs this with a log as the subscriber, and waits until its lines are written.
pub(crate) fn with(logs: &Logs, work: impl FnOnce()) {
    tracing::subscriber::with_default(tracing_subscriber::registry().with(logs.layer()), work);
    assert!(logs.flush(SOON), "the lines are written");
}

pub(crate) fn parsed(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

/// The names of the files of a directory, in order.
pub(crate) fn names(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).expect("the directory is there").flatten();
    let mut names: Vec<_> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.retain(|name| !name.ends_with(".lock"));
    names.sort();
    names
}

/// A clock that only moves when it is told to.
#[derive(Clone)]
pub(crate) struct PausedClock(Arc<Mutex<SystemTime>>);

impl PausedClock {
    /// Stands at 2026-11-26T13:50:00.123Z.
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(UNIX_EPOCH + Duration::from_millis(1_795_701_000_123))))
    }

    pub(crate) fn now(&self) -> SystemTime {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn advance(&self, by: Duration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += by;
    }
}
