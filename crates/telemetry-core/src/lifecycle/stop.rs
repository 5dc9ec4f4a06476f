//! The signals that ask a process to end: what is queued is flushed before it does.

use std::collections::HashSet;
use std::ffi::c_int;
use std::io;
use std::sync::Arc;
use std::thread;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use super::telemetry::Telemetry;

/// Those that a terminal and an orchestrator ask with.
const ASKING: [c_int; 2] = [SIGINT, SIGTERM];

/// What follows once the telemetry is safe after a SIGINT (Ctrl-C) or SIGTERM.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum AfterSignal {
    /// [`Continue`](Self::Continue) where the application has a handler of its own for the signal, such as
    /// `tokio::signal::ctrl_c`, and [`Terminate`](Self::Terminate) where it has none.
    ///
    /// The application's handlers hear of the first signal of a kind; at a second one the process ends. For an application
    /// that lives on after a signal, such as a shell that Ctrl-C only interrupts, `Continue` is the right choice.
    #[default]
    TerminateUnlessHandled,
    /// The process ends by the signal, as it would have without a handler. For an application that handles neither.
    Terminate,
    /// The application ends the process. What was recorded until the signal is flushed, and the telemetry goes on, so
    /// that the application's own orderly end is seen too.
    Continue,
}

impl Telemetry {
    /// Handles SIGINT and SIGTERM, unless the process was started with them ignored, within the shutdown timeout of the settings. Other handlers of the signals, such as
    /// tokio's, are called all the same, before and after this is set up.
    ///
    /// # Errors
    ///
    /// The system does not let the handlers be registered, or has no thread left.
    pub fn shutdown_on_signals(&self, then: AfterSignal) -> io::Result<()> {
        // What whoever started the process has it ignore, as shells do for what runs in the background, stays so.
        let (handled_before, ignored) = (which("SigCgt:"), which("SigIgn:"));
        let asking: Vec<c_int> = ASKING.into_iter().filter(|signal| !ignored.contains(signal)).collect();
        if asking.is_empty() {
            return Ok(());
        }
        let mut signals = Signals::new(&asking)?;
        let telemetry = Arc::downgrade(&self.inner);
        thread::Builder::new().name("telemetry-signals".to_owned()).spawn(move || {
            let mut left_to_application = HashSet::new();
            loop {
                let Some(signal) = signals.forever().next() else { return };
                // Dropped, ours are taken away, and those of the application are told from them.
                drop(signals);
                let others = then == AfterSignal::TerminateUnlessHandled
                    && (has_others(signal) || handled_before.contains(&signal));
                signals = match Signals::new(&asking) {
                    Ok(again) => again,
                    Err(_) => return,
                };
                let ends = match then {
                    AfterSignal::Terminate => true,
                    AfterSignal::Continue => false,
                    AfterSignal::TerminateUnlessHandled => !(others && left_to_application.insert(signal)),
                };
                match (telemetry.upgrade(), ends) {
                    (Some(running), false) => {
                        let _nobody_to_tell = running.flush(running.shutdown_timeout);
                    }
                    (None, false) => {}
                    (running, true) => {
                        let _nobody_to_tell = running.map(|running| running.shutdown(running.shutdown_timeout));
                        // Does not return, unless the system refuses to end the process.
                        let _refused = emulate_default_handler(signal);
                    }
                }
            }
        })?;
        Ok(())
    }
}

/// Whether anybody but us is told of this signal. They are told of it no more: there is no way to ask without, and after
/// the first of its kind the next one ends the process.
fn has_others(signal: c_int) -> bool {
    #[expect(
        deprecated,
        reason = "nothing else tells whether a signal has handlers; what it takes away has had its turn"
    )]
    signal_hook_registry::unregister_signal(signal)
}

/// Those of the signals that are in this line of the process's status: what is caught already, by whatever means, or
/// ignored. None where the system does not tell.
fn which(line: &str) -> Vec<c_int> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|found| found.strip_prefix(line));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    ASKING.into_iter().filter(|signal| mask >> (signal - 1) & 1 == 1).collect()
}
