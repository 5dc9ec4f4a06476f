//! The pauses between the polls of a workflow.

use std::time::Duration;

/// The pauses between polls: they start short, grow by a factor, and vary at random so that waits do not march in step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Backoff {
    initial: Duration,
    factor: f64,
    max: Duration,
    jitter: f64,
}

impl Backoff {
    /// Pauses from `initial`, each `factor` times the one before, up to `max`; each varied by up to `jitter` of itself in
    /// both directions, and never longer than `max`.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use telemetry_runtime::Backoff;
    ///
    /// let steady = Backoff::new(Duration::from_millis(500), 1.0, Duration::from_millis(500), 0.0)?;
    /// assert!(Backoff::new(Duration::ZERO, 1.0, Duration::from_secs(1), 0.0).is_err());
    /// # Ok::<(), telemetry_runtime::BackoffError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`BackoffError`] when `initial` is zero, `factor` is not a finite number of at least 1, `max` is below `initial`,
    /// or `jitter` is not within 0 and 1.
    pub fn new(initial: Duration, factor: f64, max: Duration, jitter: f64) -> Result<Self, BackoffError> {
        if initial.is_zero() {
            return Err(BackoffError::Initial);
        }
        if !factor.is_finite() || factor < 1.0 {
            return Err(BackoffError::Factor(factor));
        }
        if max < initial {
            return Err(BackoffError::Max { max, initial });
        }
        if !(0.0..=1.0).contains(&jitter) {
            return Err(BackoffError::Jitter(jitter));
        }
        Ok(Self { initial, factor, max, jitter })
    }

    pub(crate) fn delays(self) -> Delays {
        Delays { backoff: self, next: self.initial, random: fastrand::Rng::new() }
    }
}

impl Default for Backoff {
    /// From 100 ms, half as long again each time, up to 5 s, varied by a tenth: a workflow of a minute is polled about
    /// twenty times and noticed at most 5 s late.
    fn default() -> Self {
        Self { initial: Duration::from_millis(100), factor: 1.5, max: Duration::from_secs(5), jitter: 0.1 }
    }
}

/// A pause that cannot be.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BackoffError {
    /// Polling would spin.
    #[error("backoff initial 0 s is not accepted: more than zero")]
    Initial,
    /// The pauses would shrink.
    #[error("backoff factor {0} is not accepted: a finite number of at least 1")]
    Factor(f64),
    /// The longest pause is shorter than the first.
    #[error("backoff max {max:?} is not accepted: at least the initial {initial:?}")]
    Max {
        /// The longest pause given.
        max: Duration,
        /// The first pause given.
        initial: Duration,
    },
    /// A pause cannot vary by more than itself.
    #[error("backoff jitter {0} is not accepted: 0 to 1")]
    Jitter(f64),
}

/// The pauses of one wait.
pub(crate) struct Delays {
    backoff: Backoff,
    next: Duration,
    random: fastrand::Rng,
}

impl Delays {
    pub(crate) fn next_delay(&mut self) -> Duration {
        let Backoff { factor, max, jitter, .. } = self.backoff;
        let vary =
            |delay: Duration, by: f64| Duration::try_from_secs_f64(delay.as_secs_f64() * by).unwrap_or(max).min(max);
        let delay = self.next;
        self.next = vary(delay, factor);
        vary(delay, 1.0 + jitter * (2.0 * self.random.f64() - 1.0))
    }
}
