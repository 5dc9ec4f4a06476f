//! How long a label's value may be: what is kept of a peer's words is kept for good.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::table::LONGEST_PART;
use crate::text::NAME;

/// As much is kept of a value that is no name, for who reads logs: it stays none.
pub(super) const KEPT: usize = 2 * NAME;

/// Whether a value that anybody may have made up is short enough to be one.
pub(super) fn is_name(value: &str) -> bool {
    value.len() <= NAME
}

/// Whether a value that the application knows to be real is. That one is not is said once.
pub(super) fn is_registrable(value: &str) -> bool {
    static SAID: AtomicBool = AtomicBool::new(false);
    let fits = value.len() <= LONGEST_PART;
    if !fits && !SAID.swap(true, Ordering::Relaxed) {
        tracing::warn!(
            target: "telemetry",
            bytes = value.len(),
            most = LONGEST_PART,
            "a name is too long to be registered: it folds into _other"
        );
    }
    fits
}
