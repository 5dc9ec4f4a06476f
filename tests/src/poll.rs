//! Waiting for something that comes in its own time.

use std::thread;
use std::time::{Duration, Instant};

use crate::Failure;

/// How long to wait before asking again.
const PAUSE: Duration = Duration::from_millis(100);

/// Asks until there is an answer.
///
/// # Errors
///
/// When there is none within that time: what was awaited, and the last reason why not.
pub fn until<T, E: std::fmt::Display>(
    within: Duration,
    what: &str,
    mut ask: impl FnMut() -> Result<T, E>,
) -> Result<T, Failure> {
    let deadline = Instant::now() + within;
    loop {
        match ask() {
            Ok(answer) => return Ok(answer),
            Err(reason) if Instant::now() >= deadline => {
                return Err(format!("{what}: not within {within:?}: {reason}").into());
            }
            Err(_) => thread::sleep(PAUSE),
        }
    }
}
