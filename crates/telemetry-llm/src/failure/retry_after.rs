//! When to try again, as the headers of an answer say it.

use std::time::{Duration, SystemTime};

use http::HeaderMap;

/// The longest wait that a peer is believed: one day. Providers' own windows are a day at the most (Gemini's and
/// OpenAI's quotas of a day), and a caller that sleeps for longer than that is stuck.
pub(super) const LONGEST: Duration = Duration::from_secs(86_400);

/// In milliseconds before in seconds or as a date: where both are sent, the former is the more precise. No wait at all
/// only where nothing else is said: a zero beside a time is a field that somebody left empty.
pub(super) fn of_headers(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let milliseconds = text("retry-after-ms").and_then(|value| amount(value, 0.001));
    first_of([milliseconds, text("retry-after").and_then(|value| seconds_or_date(value, now))])
}

/// The first of them that is a time to wait; none at all is better than nothing said.
pub(super) fn first_of(said: [Option<Duration>; 2]) -> Option<Duration> {
    let mut said = said.into_iter().flatten();
    let first = said.next()?;
    if first.is_zero() { Some(said.next().unwrap_or(first)) } else { Some(first) }
}

fn seconds_or_date(value: &str, now: SystemTime) -> Option<Duration> {
    if let Some(milliseconds) = value.strip_suffix("ms") {
        return amount(milliseconds, 0.001);
    }
    seconds(value).or_else(|| {
        let date = httpdate::parse_http_date(value).ok()?;
        Some(date.duration_since(now).unwrap_or_default().min(LONGEST))
    })
}

/// Seconds, with a fraction or without, with the unit or without: `20`, `1.5`, `34.07s`.
pub(super) fn seconds(value: &str) -> Option<Duration> {
    amount(value.strip_suffix('s').unwrap_or(value), 1.0)
}

/// Cut to [`LONGEST`]; nothing where it is no number, negative, or beyond any clock.
fn amount(value: &str, seconds: f64) -> Option<Duration> {
    let amount: f64 = value.trim().parse().ok()?;
    Duration::try_from_secs_f64(amount * seconds).ok().map(|wait| wait.min(LONGEST))
}
