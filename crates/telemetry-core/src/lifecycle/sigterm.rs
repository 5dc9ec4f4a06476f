//! The handler of SIGTERM that shuts the telemetry down in time.

use std::io;
use std::sync::Arc;
use std::thread;

use signal_hook::consts::SIGTERM;
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use super::telemetry::Telemetry;

/// What follows once the telemetry is safe after a SIGTERM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterSigterm {
    /// The process ends by the signal, as it would have without a handler. For an application that does not handle
    /// SIGTERM itself.
    Terminate,
    /// The application ends the process. What was recorded until the signal is flushed, and the telemetry goes on, so
    /// that the application's own orderly end is seen too.
    Continue,
}

impl Telemetry {
    /// Handles SIGTERM, within the shutdown timeout of the settings. Other handlers of the signal, such as tokio's,
    /// are called all the same.
    ///
    /// # Errors
    ///
    /// The system does not let the handler be registered, or has no thread left.
    pub fn shutdown_on_sigterm(&self, then: AfterSigterm) -> io::Result<()> {
        let mut signals = Signals::new([SIGTERM])?;
        let telemetry = Arc::downgrade(&self.inner);
        thread::Builder::new().name("telemetry-sigterm".to_owned()).spawn(move || {
            for _sigterm in signals.forever() {
                let running = telemetry.upgrade();
                match (running, then) {
                    (Some(running), AfterSigterm::Continue) => {
                        let _nobody_to_tell = running.flush(running.shutdown_timeout);
                    }
                    (None, AfterSigterm::Continue) => return,
                    (running, AfterSigterm::Terminate) => {
                        let _nobody_to_tell = running.map(|running| running.shutdown(running.shutdown_timeout));
                        // Does not return, unless the system refuses to end the process.
                        let _refused = emulate_default_handler(SIGTERM);
                    }
                }
            }
        })?;
        Ok(())
    }
}
