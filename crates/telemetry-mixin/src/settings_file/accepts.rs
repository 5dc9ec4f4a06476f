//! What the value of a key may be, and what is set by it.

use std::borrow::Cow;

use telemetry_core::Namespace;
use toml::Spanned;
use toml::de::DeValue;

use crate::settings::{GeneratorSettings, is_label, time};

/// Sets a value, or says why it does not go with what else is set. The second is the name that the operator chose, of a key
/// whose path has one.
pub(super) type Set<T> = fn(&mut GeneratorSettings, &str, T) -> Result<(), String>;

/// What the value of a key may be, and where it goes.
#[derive(Clone, Copy)]
pub(super) enum Accepts {
    Namespace(Set<Namespace>),
    Text(Set<String>),
    /// Where something is reached by HTTP.
    Address(Set<String>),
    /// As Prometheus writes it.
    Time(Set<String>),
    /// The name of a label.
    Label(Set<String>),
    Number(Set<f64>),
    /// Above 0 and below 1.
    Share(Set<f64>),
    /// One of these words.
    Word(&'static [&'static str], Set<String>),
    Texts(Set<Vec<String>>),
    /// Names of labels.
    Labels(Set<Vec<String>>),
}

/// Why a value is not set.
pub(super) enum Refusal {
    /// It is of another kind.
    Kind,
    /// It does not go with what else is set.
    Unfit(String),
}

impl Accepts {
    /// What is accepted, in words.
    pub(super) fn in_words(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Namespace(_) => "a name of a-z, 0-9 and single underscores that starts with a letter",
            Self::Text(_) => "a text that is not empty",
            Self::Address(_) => "an address that starts with http:// or https://",
            Self::Time(_) => "a time above zero, such as \"15s\" or \"1h30m\"",
            Self::Label(_) => "the name of a label, of letters, digits and underscores",
            Self::Number(_) => "a number",
            Self::Share(_) => "a number above 0 and below 1",
            Self::Texts(_) => "a list of texts",
            Self::Labels(_) => {
                "a list of names of labels, of letters, digits and underscores, without `job` and `instance`"
            }
            Self::Word(words, _) => {
                let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
                return Cow::Owned(words.join(", "));
            }
        })
    }

    /// Sets what the value says; `name` is the part of the key that the operator chose, if it has one.
    pub(super) fn set(self, settings: &mut GeneratorSettings, name: &str, value: &DeValue<'_>) -> Result<(), Refusal> {
        fn done<T>(
            set: Set<T>,
            (settings, name): (&mut GeneratorSettings, &str),
            value: Option<T>,
        ) -> Result<(), Refusal> {
            set(settings, name, value.ok_or(Refusal::Kind)?).map_err(Refusal::Unfit)
        }

        let to = (settings, name);
        match self {
            Self::Namespace(set) => done(set, to, text(value).and_then(|text| Namespace::new(text).ok())),
            Self::Text(set) => done(set, to, text(value)),
            Self::Address(set) => done(set, to, text(value).filter(|text| is_address(text))),
            Self::Time(set) => done(set, to, text(value).filter(|text| time(text).is_some())),
            Self::Label(set) => done(set, to, text(value).filter(|text| is_label(text))),
            Self::Number(set) => done(set, to, number(value)),
            Self::Share(set) => done(set, to, number(value).filter(|share| *share > 0.0 && *share < 1.0)),
            Self::Word(words, set) => done(set, to, text(value).filter(|text| words.contains(&text.as_str()))),
            Self::Texts(set) => done(set, to, texts(value)),
            Self::Labels(set) => {
                let own = |label: &String| is_label(label) && label != "job" && label != "instance";
                done(set, to, texts(value).filter(|labels| labels.iter().all(own)))
            }
        }
    }
}

fn text(value: &DeValue<'_>) -> Option<String> {
    value.as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned)
}

fn texts(value: &DeValue<'_>) -> Option<Vec<String>> {
    let DeValue::Array(values) = value else { return None };
    values.iter().map(Spanned::get_ref).map(text).collect()
}

fn number(value: &DeValue<'_>) -> Option<f64> {
    let number: f64 = match value {
        DeValue::Integer(whole) if whole.radix() == 10 => whole.as_str().parse().ok()?,
        DeValue::Float(number) => number.as_str().parse().ok()?,
        _ => return None,
    };
    number.is_finite().then_some(number)
}

fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(|c: char| c.is_whitespace() || c.is_control()))
}
