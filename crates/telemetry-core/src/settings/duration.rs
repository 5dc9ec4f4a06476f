//! How durations are written in variables and files.

use std::time::Duration;

use super::node::{FromNode, Node, Syntax};

impl FromNode for Duration {
    fn from_node(node: &Node, syntax: Syntax) -> Result<Self, String> {
        let text = node.text();
        match syntax {
            Syntax::Milliseconds => text
                .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
                .and_then(|text| text.parse().ok())
                .map(Self::from_millis)
                .ok_or_else(|| "a whole number of milliseconds".to_owned()),
            // A bare number is refused because it is anyone's guess what it counts.
            Syntax::Unit => text
                .filter(|text| text.bytes().any(|byte| byte.is_ascii_alphabetic()))
                .and_then(|text| humantime::parse_duration(text).ok())
                .ok_or_else(|| "a duration with its unit, such as 500ms, 5s or 1m 30s".to_owned()),
        }
    }
}
