//! What set-up refuses.

use std::time::Duration;

/// Why calls, or a queue of their usage, cannot be set up.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LlmError {
    /// The file of prices cannot be used.
    #[error("prices_file = {path} is not accepted: {reason}")]
    PriceFile {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A file of prices is given, and the feature that reads it is left out.
    #[error("prices_file = {path} is not accepted: this build of telemetry-llm is without the feature `prices`")]
    PricesLeftOut {
        /// The file.
        path: String,
    },
    /// The interval of looking for changes is out of range.
    #[error("reload_every = {value:?} is not accepted: from {least:?} to {most:?}")]
    ReloadEvery {
        /// The interval.
        value: Duration,
        /// The least that it may be.
        least: Duration,
        /// The most that it may be.
        most: Duration,
    },
    /// A price that is no price.
    #[error("overrides.{model}.{field} = {value} is not accepted: US dollars, finite and not negative")]
    Override {
        /// The model.
        model: String,
        /// Which of its prices.
        field: &'static str,
        /// The value.
        value: f64,
    },
}
