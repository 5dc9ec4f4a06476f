//! The pauses between attempts at the same thing.

use std::time::Duration;

/// The pauses between attempts at the same thing, be it a poll or a retry: they start short, grow by a factor, and vary
/// at random, so that many processes that began at once do not go on in step.
///
/// ```
/// use std::time::Duration;
/// use telemetry_core::Backoff;
///
/// let backoff = Backoff::doubling(Duration::from_millis(100), Duration::from_secs(30));
/// let mut delays = backoff.delays();
/// let (first, second) = (delays.next_delay(), delays.next_delay());
/// assert!((50..=100).contains(&first.as_millis()) && (100..=200).contains(&second.as_millis()));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Backoff {
    initial: Duration,
    factor: f64,
    max: Duration,
    jitter: Jitter,
}

/// How a pause varies, by a share of itself.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Jitter {
    /// In both directions.
    Around(f64),
    /// Downwards.
    Below(f64),
}

impl Backoff {
    /// Pauses from `initial`, each `factor` times the one before, up to `max`; each varied by up to `jitter` of itself in
    /// both directions, and never longer than `max`.
    ///
    /// ```
    /// use std::time::Duration;
    /// use telemetry_core::Backoff;
    ///
    /// let steady = Backoff::new(Duration::from_millis(500), 1.0, Duration::from_millis(500), 0.0)?;
    /// assert_eq!(steady.delays().next_delay(), Duration::from_millis(500));
    /// assert!(Backoff::new(Duration::ZERO, 1.0, Duration::from_secs(1), 0.0).is_err());
    /// # Ok::<(), telemetry_core::BackoffError>(())
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
        Ok(Self { initial, factor, max, jitter: Jitter::Around(jitter) })
    }

    /// The pauses of retries: each twice the one before, up to `max`, and each between half and all of that at random. An
    /// `initial` beyond `max` is taken for `max`, and below a millisecond neither counts: retries do not spin.
    #[must_use]
    pub fn doubling(initial: Duration, max: Duration) -> Self {
        let least = Duration::from_millis(1);
        let max = max.max(least);
        Self { initial: initial.clamp(least, max), factor: 2.0, max, jitter: Jitter::Below(0.5) }
    }

    /// The pauses, from the first one on.
    #[must_use]
    pub fn delays(self) -> Delays {
        Delays { backoff: self, next: self.initial, random: fastrand::Rng::new() }
    }
}

impl Default for Backoff {
    /// For polls: from 100 ms, half as long again each time, up to 5 s, varied by a tenth. What takes a minute is polled
    /// about twenty times and noticed at most 5 s late.
    fn default() -> Self {
        let jitter = Jitter::Around(0.1);
        Self { initial: Duration::from_millis(100), factor: 1.5, max: Duration::from_secs(5), jitter }
    }
}

/// A pause that cannot be.
#[derive(Clone, PartialEq, thiserror::Error)]
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

crate::debug_as_display!(BackoffError);

/// The pauses of one wait, which [`Backoff::delays`] begins.
#[derive(Debug)]
pub struct Delays {
    backoff: Backoff,
    next: Duration,
    random: fastrand::Rng,
}

impl Delays {
    /// How long to wait now.
    pub fn next_delay(&mut self) -> Duration {
        let Backoff { factor, max, jitter, .. } = self.backoff;
        let vary =
            |delay: Duration, by: f64| Duration::try_from_secs_f64(delay.as_secs_f64() * by).unwrap_or(max).min(max);
        let delay = self.next;
        self.next = vary(delay, factor);
        let random = self.random.f64();
        match jitter {
            Jitter::Around(share) => vary(delay, 1.0 + share * (2.0 * random - 1.0)),
            Jitter::Below(share) => vary(delay, 1.0 - share * random),
        }
    }

    /// Goes on with the first pause, after an attempt that succeeded or once there is a hurry.
    pub fn restart(&mut self) {
        self.next = self.backoff.initial;
    }
}
