//! The series that a reader has collected, and since when each of them counts.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hash};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use foldhash::fast::RandomState;

/// After how long a series is forgotten that no collection finds any more. One that is only away for a while, because what
/// reads it hangs, goes on: with another start it would count twice.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// Since when each series of one reader counts: since the collection before the one that found it, or since the reader
/// began.
///
/// The SDK says since when the instrument is there, which is hours before a tool fails for the first time. A zero at that
/// time is outside of every window, and the first failures are then in none. At the collection before, the series was not
/// there, so that it was zero, and the back end has no sample of it.
#[derive(Debug)]
pub(crate) struct Starts {
    hasher: RandomState,
    /// How long before its first sample a series begins at least.
    margin: u64,
    /// The collection before this one, or when the reader began, in nanoseconds since the epoch.
    before: u64,
    /// The time of this collection, and how many series it found.
    time: u64,
    found: usize,
    /// By a hash. Two series that share one share their start, which is then early for the second.
    series: HashMap<u64, Series, RandomState>,
}

#[derive(Debug)]
struct Series {
    start: u64,
    /// The last collection that found it.
    found: u64,
}

impl Starts {
    /// For a reader that begins now.
    pub(crate) fn begin(margin: Duration) -> Self {
        Self {
            hasher: RandomState::default(),
            margin: nanos(margin),
            before: now(),
            time: 0,
            found: 0,
            series: HashMap::default(),
        }
    }

    /// One collection, at this time: `each` asks for the start of every series that it found.
    pub(crate) fn collection(&mut self, time: u64, each: impl FnOnce(&mut Self)) {
        (self.time, self.found) = (time, 0);
        each(self);
        if self.found < self.series.len() {
            let kept = time.saturating_sub(nanos(FORGOTTEN_AFTER));
            self.series.retain(|_, series| series.found >= kept);
        }
        self.before = time;
    }

    /// Since when the series of these labels counts, whose sample has this time.
    pub(crate) fn of<L: Hash>(&mut self, name: impl Hash, labels: impl Iterator<Item = L>, time: u64) -> u64 {
        // The sum, because the order of labels says nothing.
        let labels = labels.fold(0_u64, |sum, label| sum.wrapping_add(self.hasher.hash_one(label)));
        let key = self.hasher.hash_one((name, labels));
        let latest = time.saturating_sub(self.margin);
        let before = self.before;
        let series = self.series.entry(key).or_insert_with(|| Series { start: before.min(latest), found: 0 });
        if series.found != self.time {
            series.found = self.time;
            self.found += 1;
        }
        series.start
    }
}

/// Nanoseconds since the epoch.
pub(crate) fn now() -> u64 {
    nanos(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARGIN: u64 = 1_000;

    fn starts(before: u64) -> Starts {
        Starts { before, ..Starts::begin(Duration::from_nanos(MARGIN)) }
    }

    /// The starts of these series in a collection at that time.
    fn collect(starts: &mut Starts, time: u64, tools: &[&str]) -> Vec<u64> {
        let mut found = Vec::new();
        starts.collection(time, |starts| {
            found = tools.iter().map(|tool| starts.of("calls", [("tool", *tool)].into_iter(), time)).collect();
        });
        found
    }

    #[test]
    fn a_series_counts_since_the_collection_before_the_one_that_found_it() {
        let mut starts = starts(10_000);
        assert_eq!(collect(&mut starts, 20_000, &["a"]), [10_000], "the reader's begin");
        assert_eq!(collect(&mut starts, 30_000, &["b", "a"]), [20_000, 10_000]);
        assert_eq!(collect(&mut starts, 40_000, &["a", "b"]), [10_000, 20_000], "and it stays so");
    }

    #[test]
    fn a_series_begins_before_its_first_sample() {
        let mut starts = starts(10_000);
        assert_eq!(collect(&mut starts, 10_000, &["a"]), [10_000 - MARGIN]);
        assert_eq!(collect(&mut starts, 9_000, &["a", "b"]), [9_000, 8_000], "though the clock was set back");
    }

    #[test]
    fn a_series_that_is_away_for_a_while_goes_on() {
        let mut starts = starts(10_000);
        collect(&mut starts, 20_000, &["a", "b"]);
        collect(&mut starts, 30_000, &["b"]);
        assert_eq!(collect(&mut starts, 40_000, &["a"]), [10_000]);
        let tomorrow = 40_000 + nanos(FORGOTTEN_AFTER);
        collect(&mut starts, tomorrow, &["b"]);
        assert_eq!(starts.series.len(), 2);
        collect(&mut starts, tomorrow + 1, &["b"]);
        assert_eq!(starts.series.len(), 1);
        assert_eq!(collect(&mut starts, tomorrow + 5_000, &["a", "b"]), [tomorrow + 1, 10_000]);
    }

    #[test]
    fn the_order_of_labels_says_nothing() {
        let mut starts = starts(10_000);
        let labels = [("tool", "a"), ("outcome", "error")];
        starts.collection(20_000, |starts| {
            starts.of("calls", labels.into_iter(), 20_000);
        });
        starts.collection(30_000, |starts| {
            assert_eq!(starts.of("calls", labels.into_iter().rev(), 30_000), 10_000);
            assert_eq!(starts.of("errors", labels.into_iter(), 30_000), 20_000);
        });
    }
}
