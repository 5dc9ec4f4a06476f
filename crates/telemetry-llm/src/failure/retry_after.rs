//! When to try again, as the headers of an answer say it.

use std::time::{Duration, SystemTime};

use http::HeaderMap;

/// In milliseconds before in seconds or as a date: where both are sent, the former is the more precise.
pub(super) fn of_headers(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let milliseconds = text("retry-after-ms").and_then(|value| amount(value, 0.001));
    milliseconds.or_else(|| text("retry-after").and_then(|value| seconds_or_date(value, now)))
}

fn seconds_or_date(value: &str, now: SystemTime) -> Option<Duration> {
    if let Some(milliseconds) = value.strip_suffix("ms") {
        return amount(milliseconds, 0.001);
    }
    seconds(value).or_else(|| {
        let date = httpdate::parse_http_date(value).ok()?;
        Some(date.duration_since(now).unwrap_or_default())
    })
}

/// Seconds, with a fraction or without, with the unit or without: `20`, `1.5`, `34.07s`.
pub(super) fn seconds(value: &str) -> Option<Duration> {
    amount(value.strip_suffix('s').unwrap_or(value), 1.0)
}

fn amount(value: &str, seconds: f64) -> Option<Duration> {
    let amount: f64 = value.trim().parse().ok()?;
    Duration::try_from_secs_f64(amount * seconds).ok()
}
