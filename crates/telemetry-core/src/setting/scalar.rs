//! Settings that are one word: text, numbers, durations, addresses, paths.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use super::node::{Node, Syntax};
use super::range::{Range, spelled};
use super::value::SettingValue;

/// A type that is read from a text or not at all.
macro_rules! from_text {
    ($type:ty, $accepted:literal, $read:expr, $write:expr) => {
        impl SettingValue for $type {
            fn accepted(_: Syntax) -> String {
                $accepted.to_owned()
            }

            fn read(node: &Node, syntax: Syntax) -> Result<Self, String> {
                let read: fn(&str) -> Option<Self> = $read;
                node.text().and_then(read).ok_or_else(|| Self::accepted(syntax))
            }

            fn write(&self) -> String {
                let write: fn(&Self) -> String = $write;
                write(self)
            }
        }
    };
}

from_text!(String, "a text, in quotes where it looks like a number", |text| Some(text.to_owned()), Self::clone);
from_text!(PathBuf, "the path of a file", |text| Some(text.into()), |path| path.display().to_string());
from_text!(
    bool,
    "true or false",
    |text| [true, false].into_iter().find(|value| text.eq_ignore_ascii_case(if *value { "true" } else { "false" })),
    bool::to_string
);
from_text!(
    SocketAddr,
    "an IP address and a port, such as 127.0.0.1:9464 or [::1]:9464",
    |text| text.parse().ok(),
    SocketAddr::to_string
);
from_text!(
    IpAddr,
    "an IP address or localhost",
    |text| if text == "localhost" { Some(Self::V4(Ipv4Addr::LOCALHOST)) } else { text.parse().ok() },
    IpAddr::to_string
);

impl SettingValue for f64 {
    fn accepted(_: Syntax) -> String {
        "a finite number".to_owned()
    }

    fn read(node: &Node, syntax: Syntax) -> Result<Self, String> {
        node.number().filter(|value| value.is_finite()).ok_or_else(|| Self::accepted(syntax))
    }

    fn write(&self) -> String {
        self.to_string()
    }

    fn is_within(&self, range: &Range) -> bool {
        range.has_number(*self)
    }
}

macro_rules! whole_numbers {
    ($($type:ty),*) => { $(
        impl SettingValue for $type {
            fn accepted(_: Syntax) -> String {
                format!("a whole number from 0 to {}", Self::MAX)
            }

            fn read(node: &Node, syntax: Syntax) -> Result<Self, String> {
                // `parse` takes a sign too; a count has none.
                let digits = node.text().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
                digits.and_then(|text| text.parse().ok()).ok_or_else(|| Self::accepted(syntax))
            }

            fn write(&self) -> String {
                self.to_string()
            }

            fn is_within(&self, range: &Range) -> bool {
                u64::try_from(*self).is_ok_and(|value| range.has_whole(value))
            }
        }
    )* };
}

whole_numbers!(u16, u32, u64, usize);

impl SettingValue for Duration {
    fn accepted(syntax: Syntax) -> String {
        match syntax {
            Syntax::Milliseconds => "a whole number of milliseconds".to_owned(),
            Syntax::Unit => "a duration with its unit, such as 500ms, 5s or 1m 30s".to_owned(),
        }
    }

    fn read(node: &Node, syntax: Syntax) -> Result<Self, String> {
        let text = node.text();
        let duration = match syntax {
            Syntax::Milliseconds => text
                .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
                .and_then(|text| text.parse().ok())
                .map(Self::from_millis),
            // A bare number is refused because it is anyone's guess what it counts.
            Syntax::Unit => text
                .filter(|text| text.bytes().any(|byte| byte.is_ascii_alphabetic()))
                .and_then(|text| humantime::parse_duration(text).ok()),
        };
        duration.ok_or_else(|| Self::accepted(syntax))
    }

    fn write(&self) -> String {
        spelled(*self)
    }

    fn is_within(&self, range: &Range) -> bool {
        range.has_time(*self)
    }
}
