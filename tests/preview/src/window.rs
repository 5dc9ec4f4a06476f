//! The time that a picture shows, and how finely it is asked for.

use std::time::Duration;

/// No panel is asked for more points than it has pixels to show them.
const POINTS: u64 = 160;

/// Units of time, in seconds.
const UNITS: [(char, u64); 5] = [('s', 1), ('m', 60), ('h', 3_600), ('d', 86_400), ('w', 604_800)];
/// No panel looks further back, in any unit.
const MOST: u64 = 100_000;

/// The time that a picture shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Seconds since 1970.
    end: u64,
    length: u64,
    step: u64,
    scrape: u64,
}

impl Window {
    /// So long a time up to `end`, in seconds since 1970, of a Prometheus that scrapes so often. Each is at least a second.
    #[must_use]
    pub fn new(end: u64, length: Duration, scrape: Duration) -> Self {
        let (length, scrape) = (length.as_secs().max(1), scrape.as_secs().max(1));
        let step = length.div_ceil(POINTS).max(scrape);
        // Whole steps, as Grafana asks for them.
        let end = end - end % step;
        Self { end, length: length.div_ceil(step) * step, step, scrape }
    }

    /// So long a time up to the same moment, in Grafana's words: `30d`. Of other words nothing is made.
    pub(crate) fn last(self, time: &str) -> Option<Self> {
        let unit = time.chars().next_back()?;
        let (_, seconds) = UNITS.iter().find(|(name, _)| *name == unit)?;
        let count: u64 = time.strip_suffix(unit)?.parse().ok().filter(|count| (1..=MOST).contains(count))?;
        let length = count * seconds;
        let step = length.div_ceil(POINTS).max(self.scrape);
        // The end stays: what is younger than a step would not be seen.
        Some(Self { length: length.div_ceil(step) * step, step, ..self })
    }

    /// The same with no more points than that: where each is a cell of some pixels.
    pub(crate) fn with_points(self, points: u64) -> Self {
        let coarse = self.length.div_ceil(points).max(self.step);
        let step = coarse.div_ceil(self.step) * self.step;
        Self { step, length: self.length.div_ceil(step) * step, ..self }
    }

    pub(crate) fn start(&self) -> u64 {
        self.end.saturating_sub(self.length)
    }

    pub(crate) fn end(&self) -> u64 {
        self.end
    }

    pub(crate) fn step(&self) -> u64 {
        self.step
    }

    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// How many points there are.
    pub(crate) fn points(&self) -> usize {
        (self.length / self.step) as usize + 1
    }

    /// Over how many seconds a rate is taken: Grafana's `$__rate_interval`.
    pub(crate) fn rate_interval(&self) -> u64 {
        (self.step + self.scrape).max(4 * self.scrape)
    }

    /// Where a time stands in the window, from 0 to 1.
    pub(crate) fn share(&self, time: f64) -> f64 {
        (time - self.start() as f64) / self.length as f64
    }
}

/// A moment as `2026-11-26 23:05:10`, in UTC.
pub(crate) fn moment(seconds: u64) -> String {
    let (year, month, day) = date(seconds / 86_400);
    format!("{year}-{month:02}-{day:02} {}", clock(seconds, true))
}

/// A time of day, in UTC.
pub(crate) fn clock(seconds: u64, with_seconds: bool) -> String {
    let (hours, minutes, rest) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    if with_seconds { format!("{hours:02}:{minutes:02}:{rest:02}") } else { format!("{hours:02}:{minutes:02}") }
}

/// A day since 1970 in the Gregorian calendar. Years begin in March here, so that the odd day is a year's last; 400 of them
/// are a whole number of days.
pub(crate) fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, later) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (era * 400 + year + later, month, day)
}
