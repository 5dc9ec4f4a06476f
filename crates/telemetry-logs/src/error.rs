//! Why lines cannot be written from the start on.

use std::io;

use telemetry_core::SettingsError;

/// Why the log does not start. A directory that cannot be written is no reason: its lines go to standard error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogsError {
    /// A setting is not accepted.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The system has no thread left for the writer.
    #[error("cannot start the thread that writes log lines: {0}")]
    Thread(#[source] io::Error),
}
