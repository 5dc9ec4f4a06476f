//! A value as its source has it, and how each type is read from it.

use std::path::PathBuf;

pub(super) use crate::setting::{Node, Syntax};

/// A type of setting.
pub(super) trait FromNode: Sized {
    /// Parses a value; the error says what is accepted.
    fn from_node(node: &Node, syntax: Syntax) -> Result<Self, String>;

    /// What holds when a source of more weight says `self` and one of less says `below`.
    fn laid_over(self, _below: Self) -> Self {
        self
    }
}

/// A list of words, or the text of one.
pub(super) fn words(node: &Node) -> Option<Vec<String>> {
    node.items()?.iter().map(|item| item.text().map(str::to_owned)).collect()
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
