//! What a request says in its body of what it asks, without a copy of what it says to the model.

use std::fmt;

use http::Extensions;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use telemetry_core::text;

use super::request_model::RequestModel;

/// What is asked of a model.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) model: Option<String>,
    /// How many messages the prompt has; one text is one.
    pub(super) prompt_length: Option<usize>,
}

/// Where the providers have the prompt; the first of them counts.
const PROMPTS: [&str; 5] = ["messages", "contents", "input", "prompt", "texts"];

impl Asked {
    /// Nothing is asked by a body that is no JSON.
    pub(super) fn of_body(body: &[u8]) -> Self {
        serde_json::from_slice(body).unwrap_or_default()
    }

    /// The same, with the model that the application says where the body does not.
    pub(super) fn or_said(self, said: &Extensions) -> Self {
        let said = || said.get::<RequestModel>().map(|model| text::cut(model.name(), text::NAME).into_owned());
        Self { model: self.model.or_else(said), ..self }
    }
}

impl<'de> Deserialize<'de> for Asked {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(OfAsked)
    }
}

struct OfAsked;

impl<'de> Visitor<'de> for OfAsked {
    type Value = Asked;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Asked, A::Error> {
        let mut model = None;
        let mut lengths = [None; PROMPTS.len()];
        while let Some(key) = map.next_key::<String>()? {
            if key == "model" {
                model = map.next_value::<Part>()?.text;
            } else if let Some(place) = PROMPTS.iter().position(|prompt| *prompt == key) {
                lengths[place] = map.next_value::<Part>()?.length;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Asked { model, prompt_length: lengths.into_iter().flatten().next() })
    }
}

/// A text, as much of it as a name has, or how long a list is.
#[derive(Default)]
struct Part {
    text: Option<String>,
    length: Option<usize>,
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OfPart)
    }
}

struct OfPart;

impl<'de> Visitor<'de> for OfPart {
    type Value = Part;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_str<E>(self, text: &str) -> Result<Part, E> {
        Ok(Part { text: Some(text::cut(text, text::NAME).into_owned()), length: Some(1) })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Part, A::Error> {
        let mut length = 0;
        while list.next_element::<IgnoredAny>()?.is_some() {
            length += 1;
        }
        Ok(Part { text: None, length: Some(length) })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Part, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Part::default())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Part, E> {
        Ok(Part::default())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Part, E> {
        Ok(Part::default())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Part, E> {
        Ok(Part::default())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Part, E> {
        Ok(Part::default())
    }

    fn visit_unit<E>(self) -> Result<Part, E> {
        Ok(Part::default())
    }
}
