//! What lies between two limits.

use std::fmt;
use std::time::Duration;

/// The values that a number or a duration may have, both ends among them.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Range {
    /// Whole numbers.
    Whole {
        /// The least.
        least: u64,
        /// The greatest.
        most: u64,
    },
    /// Numbers.
    Number {
        /// The least.
        least: f64,
        /// The greatest.
        most: f64,
    },
    /// Durations.
    Time {
        /// The shortest.
        least: Duration,
        /// The longest; [`Duration::MAX`] where there is none.
        most: Duration,
    },
}

impl Range {
    /// Whether this whole number is within.
    #[must_use]
    pub const fn has_whole(&self, value: u64) -> bool {
        match *self {
            Self::Whole { least, most } => least <= value && value <= most,
            _ => false,
        }
    }

    /// Whether this number is within.
    #[must_use]
    pub const fn has_number(&self, value: f64) -> bool {
        match *self {
            Self::Number { least, most } => least <= value && value <= most,
            _ => false,
        }
    }

    /// Whether this duration is within.
    #[must_use]
    pub const fn has_time(&self, value: Duration) -> bool {
        match *self {
            Self::Time { least, most } => least.as_nanos() <= value.as_nanos() && value.as_nanos() <= most.as_nanos(),
            _ => false,
        }
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Whole { least, most: u64::MAX } => write!(f, "a whole number of at least {least}"),
            Self::Whole { least, most } => write!(f, "a whole number from {least} to {most}"),
            Self::Number { least, most: f64::INFINITY } => write!(f, "a number of at least {least}"),
            Self::Number { least, most } => write!(f, "a number from {least} to {most}"),
            Self::Time { least, most: Duration::MAX } => write!(f, "a duration of at least {}", spelled(least)),
            Self::Time { least, most } => write!(f, "a duration from {} to {}", spelled(least), spelled(most)),
        }
    }
}

/// A duration by the largest unit that needs no other; it can be read again.
pub(super) fn spelled(duration: Duration) -> String {
    const UNITS: [(u128, &str); 6] = [
        (3_600_000_000_000, "h"),
        (60_000_000_000, "min"),
        (1_000_000_000, "s"),
        (1_000_000, "ms"),
        (1_000, "us"),
        (1, "ns"),
    ];
    let nanos = duration.as_nanos();
    let unit = UNITS.into_iter().find(|(unit, _)| nanos > 0 && nanos.is_multiple_of(*unit));
    unit.map_or_else(|| "0 s".to_owned(), |(unit, name)| format!("{} {name}", nanos / unit))
}
