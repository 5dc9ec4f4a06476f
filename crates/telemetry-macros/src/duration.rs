//! Durations as declarations write them, read while the program is compiled.

use std::time::Duration;

/// `1m 30s`: whole numbers, each with its unit.
pub(crate) fn parse(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut total = Duration::ZERO;
    while !rest.is_empty() {
        let (number, after) = rest.split_at(rest.find(|char: char| !char.is_ascii_digit())?);
        let after = after.trim_start();
        let (unit, after) = after.split_at(after.find(|char: char| !char.is_ascii_alphabetic()).unwrap_or(after.len()));
        let number: u32 = number.parse().ok()?;
        let unit = match unit {
            "ns" => Duration::from_nanos(1),
            "us" => Duration::from_micros(1),
            "ms" => Duration::from_millis(1),
            "s" => Duration::from_secs(1),
            "m" | "min" => Duration::from_secs(60),
            "h" => Duration::from_secs(60 * 60),
            "d" => Duration::from_secs(24 * 60 * 60),
            _ => return None,
        };
        total = total.checked_add(unit.checked_mul(number)?)?;
        rest = after.trim_start();
    }
    (!text.trim().is_empty()).then_some(total)
}
