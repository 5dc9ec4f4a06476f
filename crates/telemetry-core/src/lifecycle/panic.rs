//! The panic hook that flushes.

use std::cell::Cell;
use std::panic;
use std::sync::Weak;
use std::time::Duration;

use super::running::Inner;

thread_local! {
    static FLUSHING: Cell<bool> = const { Cell::new(false) };
}

/// Flushes after each panic, once the hook that was there before has said what it says.
pub(super) fn flush_on_panic(telemetry: Weak<Inner>, limit: Duration) {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        before(info);
        let Some(telemetry) = telemetry.upgrade() else { return };
        if telemetry.is_own_thread() || FLUSHING.replace(true) {
            return;
        }
        let _nobody_to_tell = telemetry.flush(limit);
        FLUSHING.set(false);
    }));
}
