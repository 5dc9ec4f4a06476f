//! Hours in which only what is critical is told.

use serde::Serialize;

use crate::notify::QuietHours;

/// The name of the time interval.
pub(super) const QUIET: &str = "quiet-hours";

#[derive(Serialize)]
pub(super) struct TimeInterval {
    name: &'static str,
    time_intervals: [Times; 1],
}

#[derive(Serialize)]
struct Times {
    times: Vec<Range>,
    location: String,
}

#[derive(Serialize)]
struct Range {
    start_time: String,
    end_time: String,
}

/// Alertmanager's ranges do not pass midnight: such hours become two.
pub(super) fn quiet_hours(hours: &QuietHours) -> TimeInterval {
    let range = |start: &str, end: &str| Range { start_time: start.to_owned(), end_time: end.to_owned() };
    let (start, end) = (hours.start.as_str(), hours.end.as_str());
    // Both have two digits each, so that texts compare as times do.
    let times = if start < end {
        vec![range(start, end)]
    } else {
        let parts = [(start, "24:00"), ("00:00", end)];
        parts.into_iter().filter(|(start, end)| start != end).map(|(start, end)| range(start, end)).collect()
    };
    TimeInterval { name: QUIET, time_intervals: [Times { times, location: hours.time_zone.clone() }] }
}
