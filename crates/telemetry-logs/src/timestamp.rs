//! Points in time as lines and names of files have them.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What time it is.
pub(crate) type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

const DAY: u64 = 24 * 60 * 60;

/// Writes times as `2026-11-26T13:50:00.123Z`, and remembers the second that it wrote last.
#[derive(Default)]
pub(crate) struct Stamp {
    second: u64,
    text: String,
}

impl Stamp {
    pub(crate) fn push(&mut self, time: SystemTime, out: &mut String) {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        if self.text.is_empty() || self.second != since.as_secs() {
            self.second = since.as_secs();
            self.text.clear();
            let civil = Civil::of(self.second);
            civil.push(&mut self.text, "-", ":");
        }
        out.push_str(&self.text);
        out.push('.');
        push_digits(u64::from(since.subsec_millis()), 3, out);
        out.push('Z');
    }
}

/// A time as it stands in the name of a file: `20261126T135000.123Z`.
pub(crate) fn compact(time: SystemTime) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let mut text = String::new();
    Civil::of(since.as_secs()).push(&mut text, "", "");
    text.push('.');
    push_digits(u64::from(since.subsec_millis()), 3, &mut text);
    text.push('Z');
    text
}

/// The time that a text in either form says.
pub(crate) fn parse(text: &str) -> Option<SystemTime> {
    let text = text.strip_suffix('Z')?;
    let digits: String = text.chars().filter(|c| !matches!(c, '-' | ':' | 'T' | '.')).collect();
    if digits.len() != 17 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = |from: usize, to: usize| digits[from..to].parse::<u64>().ok();
    let (year, month, day) = (number(0, 4)?, number(4, 6)?, number(6, 8)?);
    if year < 1970 || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // The months of a year that begins in March, whose leap day is its last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1 - TO_1970;
    let seconds = days * DAY + number(8, 10)? * 3_600 + number(10, 12)? * 60 + number(12, 14)?;
    Some(UNIX_EPOCH + Duration::new(seconds, u32::try_from(number(14, 17)?).ok()? * 1_000_000))
}

/// The days from the first of March of the year 0 to 1970.
const TO_1970: u64 = 719_468;

/// A second of the calendar.
struct Civil {
    year: u64,
    month: u64,
    day: u64,
    second: u64,
}

impl Civil {
    fn of(seconds: u64) -> Self {
        let days = seconds / DAY + TO_1970;
        let (era, day) = (days / 146_097, days % 146_097);
        let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
        let day = day - (365 * year + year / 4 - year / 100);
        let month = (5 * day + 2) / 153;
        let first = (153 * month + 2) / 5;
        let (month, later) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
        Self { year: era * 400 + year + later, month, day: day - first + 1, second: seconds % DAY }
    }

    fn push(&self, out: &mut String, between_days: &str, between_hours: &str) {
        push_digits(self.year, 4, out);
        out.push_str(between_days);
        push_digits(self.month, 2, out);
        out.push_str(between_days);
        push_digits(self.day, 2, out);
        out.push('T');
        push_digits(self.second / 3_600, 2, out);
        out.push_str(between_hours);
        push_digits(self.second / 60 % 60, 2, out);
        out.push_str(between_hours);
        push_digits(self.second % 60, 2, out);
    }
}

fn push_digits(number: u64, digits: u32, out: &mut String) {
    for place in (0..digits).rev() {
        out.push(char::from(b'0' + (number / 10_u64.pow(place) % 10) as u8));
    }
}
