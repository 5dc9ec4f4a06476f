//! The level that a file says, read again at SIGHUP.

use std::io;
use std::sync::{Arc, Weak};
use std::thread;

use signal_hook::consts::SIGHUP;
use signal_hook::iterator::Signals;

use crate::logs::Logs;

impl Logs {
    /// Reads the file that says the levels (`log.level_file`) again at each SIGHUP, until the log is dropped; what is wrong
    /// with it is logged as a warning. Without such a file it does nothing, and a SIGHUP ends the process as ever.
    ///
    /// # Errors
    ///
    /// The system does not let the handler be registered, or has no thread left.
    pub fn reload_on_sighup(self: &Arc<Self>) -> io::Result<()> {
        reload_at_sighup(self)
    }
}

pub(crate) fn reload_at_sighup(logs: &Arc<Logs>) -> io::Result<()> {
    if !logs.has_level_file() {
        return Ok(());
    }
    let mut signals = Signals::new([SIGHUP])?;
    let logs: Weak<Logs> = Arc::downgrade(logs);
    thread::Builder::new().name("telemetry-sighup".to_owned()).spawn(move || {
        for _ in signals.forever() {
            let Some(logs) = logs.upgrade() else { return };
            match logs.reload() {
                Ok(()) => tracing::info!(target: "telemetry", levels = %logs.levels(), "log levels were read again"),
                Err(error) => tracing::warn!(target: "telemetry", "{error}"),
            }
        }
    })?;
    Ok(())
}
