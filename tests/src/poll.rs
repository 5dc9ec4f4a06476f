//! Waiting for what other programs bring about.

use std::fmt::Display;
use std::time::Duration;

use telemetry_testkit::eventually;

use crate::Failure;

/// How long to wait before asking another program again.
const PAUSE: Duration = Duration::from_millis(100);

/// Asks until there is an answer.
///
/// # Errors
///
/// When there is none within that time: what was awaited, and the last reason why not.
#[track_caller]
pub fn until<T, E: Display>(within: Duration, what: &str, ask: impl FnMut() -> Result<T, E>) -> Result<T, Failure> {
    Ok(eventually(what, ask).within(within).every(PAUSE).try_wait()?)
}
