//! Range checks that several concerns share.

use std::time::Duration;

use super::SettingsError;
use super::layers::Layers;

// An instant plus the longest duration there is would overflow; a day is beyond any sensible setting.
const SHORTEST: Duration = Duration::from_millis(1);
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// A duration from 1 ms to a day.
pub(super) fn duration(
    layers: &Layers,
    key: &str,
    value: Option<Duration>,
    default: Duration,
) -> Result<Duration, SettingsError> {
    let value = value.unwrap_or(default);
    if (SHORTEST..=LONGEST).contains(&value) {
        Ok(value)
    } else {
        Err(layers.refuse(key, format!("{value:?}"), "a duration from 1 ms to 24 h"))
    }
}

/// A number within its limits.
pub(super) fn count(
    layers: &Layers,
    key: &str,
    value: Option<usize>,
    default: usize,
    min: usize,
    max: usize,
) -> Result<usize, SettingsError> {
    let value = value.unwrap_or(default);
    if (min..=max).contains(&value) {
        Ok(value)
    } else {
        Err(layers.refuse(key, value, format!("a number from {min} to {max}")))
    }
}
