//! A file as a tree whose parts know where they stand.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_saphyr::Spanned;

/// A part of a file.
#[derive(Debug)]
pub(super) struct Part {
    /// Where it starts, in bytes from the file's start, if that is known.
    pub(super) at: Option<usize>,
    pub(super) content: Content,
}

#[derive(Debug)]
pub(super) enum Content {
    /// A text, or whatever else is written in one piece.
    Scalar(String),
    List(Vec<Part>),
    Map(Vec<(String, Part)>),
    Nothing,
}

impl Part {
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        let Content::Map(entries) = &self.content else { return None };
        entries.iter().find(|(name, _)| name == key).map(|(_, part)| part)
    }

    /// The part at the end of a path of keys.
    pub(super) fn at_path(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |part, key| part.get(key))
    }

    pub(super) fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Scalar(text) => Some(text),
            _ => None,
        }
    }

    /// The text under a key.
    pub(super) fn text_of(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Self::text)
    }

    /// The members of the list under a key; none where there is no list.
    pub(super) fn list(&self, key: &str) -> &[Self] {
        self.get(key).and_then(Self::members).unwrap_or_default()
    }

    pub(super) fn members(&self) -> Option<&[Self]> {
        match &self.content {
            Content::List(parts) => Some(parts),
            _ => None,
        }
    }

    pub(super) fn entries(&self) -> &[(String, Self)] {
        match &self.content {
            Content::Map(entries) => entries,
            _ => &[],
        }
    }

    pub(super) fn is_map(&self) -> bool {
        matches!(self.content, Content::Map(_))
    }

    /// JSON that has been read, with the places of its texts.
    pub(super) fn of_json(value: Value, text: &str) -> Self {
        Strings { text, at: 0 }.part(value)
    }
}

/// The texts of a JSON file, one after another.
struct Strings<'a> {
    text: &'a str,
    at: usize,
}

impl Strings<'_> {
    fn part(&mut self, value: Value) -> Part {
        match value {
            Value::String(text) => Part { at: self.next(), content: Content::Scalar(text) },
            Value::Array(values) => {
                let parts = values.into_iter().map(|value| self.part(value)).collect();
                Part { at: None, content: Content::List(parts) }
            }
            Value::Object(entries) => {
                let mut at = None;
                let mut parts = Vec::with_capacity(entries.len());
                for (key, value) in entries {
                    let key_at = self.next();
                    at = at.or(key_at);
                    parts.push((key, self.part(value)));
                }
                Part { at, content: Content::Map(parts) }
            }
            Value::Number(number) => Part { at: None, content: Content::Scalar(number.to_string()) },
            Value::Bool(is) => Part { at: None, content: Content::Scalar(is.to_string()) },
            Value::Null => Part { at: None, content: Content::Nothing },
        }
    }

    /// Where the next text starts. Each is met once, in the order of the file; a key that stands twice is rare, and moves what
    /// comes after it by as much.
    fn next(&mut self) -> Option<usize> {
        let start = self.at + self.text[self.at..].find('"')?;
        let bytes = self.text.as_bytes();
        let mut end = start + 1;
        while bytes.get(end).is_some_and(|byte| *byte != b'"') {
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        self.at = (end + 1).min(self.text.len());
        Some(start)
    }
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Spanned { value, referenced, .. } = Spanned::<Content>::deserialize(deserializer)?;
        let at = referenced.span().byte_offset().and_then(|at| usize::try_from(at).ok());
        Ok(Self { at, content: value })
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyContent)
    }
}

struct AnyContent;

impl<'de> Visitor<'de> for AnyContent {
    type Value = Content;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_bool<E>(self, is: bool) -> Result<Content, E> {
        Ok(Content::Scalar(is.to_string()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Content, E> {
        Ok(Content::Scalar(number.to_string()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Content, E> {
        Ok(Content::Scalar(number.to_string()))
    }

    fn visit_i128<E>(self, number: i128) -> Result<Content, E> {
        Ok(Content::Scalar(number.to_string()))
    }

    fn visit_u128<E>(self, number: u128) -> Result<Content, E> {
        Ok(Content::Scalar(number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Content, E> {
        Ok(Content::Scalar(number.to_string()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Content, E> {
        Ok(Content::Scalar(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Content, E> {
        Ok(Content::Scalar(text))
    }

    fn visit_unit<E>(self) -> Result<Content, E> {
        Ok(Content::Nothing)
    }

    fn visit_none<E>(self) -> Result<Content, E> {
        Ok(Content::Nothing)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Content, D::Error> {
        Content::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Content, A::Error> {
        let mut parts = Vec::new();
        while let Some(part) = list.next_element()? {
            parts.push(part);
        }
        Ok(Content::List(parts))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Content, A::Error> {
        let mut parts: Vec<(String, Part)> = Vec::new();
        while let Some(entry) = map.next_entry()? {
            parts.push(entry);
        }
        Ok(Content::Map(parts))
    }
}
