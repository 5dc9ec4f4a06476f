//! A value as its source has it, and how each type is read from it.

use std::fmt;
use std::path::PathBuf;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// A value as a source has it, before its setting is known.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    /// Set to nothing.
    Nothing,
    Text(String),
    /// A number whose spelling is lost, so that it cannot stand for a text (`1.10` would become `1.1`).
    Float(f64),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

/// How durations are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Syntax {
    /// As the OpenTelemetry specification has them: milliseconds.
    Milliseconds,
    /// With their unit.
    Unit,
}

/// A type of setting.
pub(super) trait FromNode: Sized {
    /// Parses a value; the error says what is accepted.
    fn from_node(node: &Node, syntax: Syntax) -> Result<Self, String>;

    /// What holds when a source of more weight says `self` and one of less says `below`.
    fn laid_over(self, _below: Self) -> Self {
        self
    }
}

impl Node {
    /// The value as text, where it is one.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value as a number, where it is one.
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Float(value) => Some(*value),
            Self::Text(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// A list, or the text of one: items separated by commas.
    pub(super) fn items(&self) -> Option<Vec<String>> {
        match self {
            Self::Text(text) => Some(text.split(',').map(|item| item.trim().to_owned()).collect()),
            Self::List(items) => items.iter().map(|item| item.text().map(str::to_owned)).collect(),
            _ => None,
        }
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("nothing"),
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Float(value) => write!(f, "the number {value}"),
            Self::List(_) => f.write_str("a list"),
            Self::Map(_) => f.write_str("a map"),
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a setting")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Nothing)
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Nothing)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        Node::deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Text(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Text(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Text(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Node::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = access.next_entry()? {
            entries.push(entry);
        }
        Ok(Node::Map(entries))
    }
}

impl FromNode for String {
    fn from_node(node: &Node, _: Syntax) -> Result<Self, String> {
        match node.text() {
            Some(text) => Ok(text.to_owned()),
            None => Err("a text, in quotes where it looks like a number".to_owned()),
        }
    }
}

impl FromNode for PathBuf {
    fn from_node(node: &Node, syntax: Syntax) -> Result<Self, String> {
        String::from_node(node, syntax).map(Self::from).map_err(|_| "the path of a file".to_owned())
    }
}

impl FromNode for bool {
    fn from_node(node: &Node, _: Syntax) -> Result<Self, String> {
        match node.text() {
            Some(text) if text.eq_ignore_ascii_case("true") => Ok(true),
            Some(text) if text.eq_ignore_ascii_case("false") => Ok(false),
            _ => Err("true or false".to_owned()),
        }
    }
}

impl FromNode for f64 {
    fn from_node(node: &Node, _: Syntax) -> Result<Self, String> {
        node.number().filter(|value| value.is_finite()).ok_or_else(|| "a finite number".to_owned())
    }
}

macro_rules! whole_numbers {
    ($($type:ty),*) => { $(
        impl FromNode for $type {
            fn from_node(node: &Node, _: Syntax) -> Result<Self, String> {
                // `parse` takes a sign too; a count has none.
                node.text()
                    .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
                    .and_then(|text| text.parse().ok())
                    .ok_or_else(|| format!("a whole number from 0 to {}", Self::MAX))
            }
        }
    )* };
}

whole_numbers!(u16, u32, usize);
