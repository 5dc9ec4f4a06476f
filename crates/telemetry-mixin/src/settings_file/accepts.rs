//! What the value of a key may be, and what is set by it.

use std::borrow::Cow;

use telemetry_core::Namespace;
use telemetry_core::setting::{Node, SettingValue, Syntax, one_of};
use toml::Spanned;
use toml::de::DeValue;

use super::written::NONE;
use crate::settings::{Form, GeneratorSettings, is_label, time};

/// Sets a value, or says why it does not go with what else is set. The second are the names that the operator chose, of a
/// key whose path has such.
pub(super) type Set<T> = fn(&mut GeneratorSettings, &[&str], T) -> Result<(), String>;

/// Sets what a word means; nothing where it means nothing.
pub(super) type Choose = fn(&mut GeneratorSettings, &[&str], &str) -> Option<()>;

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
    /// From 0 up, without a fraction.
    Whole(Set<u32>),
    Flag(Set<bool>),
    /// A text of this form.
    Of(&'static Form, Set<String>),
    /// A text of this form, or none.
    OrNone(&'static Form, Set<Option<String>>),
    /// As Prometheus writes it, or none.
    TimeOrNone(Set<Option<String>>),
    /// Above 0 and below 1.
    Share(Set<f64>),
    /// One of the words of a choice, of which this is the list.
    Choice(fn() -> String, Choose),
    /// One of these words.
    Word(&'static [&'static str], Set<String>),
    Texts(Set<Vec<String>>),
    /// Names of labels.
    Labels(Set<Vec<String>>),
    /// Names of the labels by which something is grouped.
    Grouping(Set<Vec<String>>),
}

/// Why a value is not set.
pub(super) enum Refusal {
    /// It is of another kind.
    Kind,
    /// It does not go with what else is set.
    Unfit(String),
}

/// What a time looks like.
const TIME: &str = "a time above zero, such as \"15s\" or \"1h30m\"";

impl Accepts {
    /// What is accepted, in words.
    pub(super) fn in_words(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Namespace(_) => "a name of a-z, 0-9 and single underscores that starts with a letter",
            Self::Text(_) => "a text that is not empty",
            Self::Address(_) => "an address that starts with http:// or https://",
            Self::Time(_) => TIME,
            Self::TimeOrNone(_) => return Cow::Owned(format!("{TIME}, or \"{NONE}\"")),
            Self::Label(_) => "the name of a label, of letters, digits and underscores",
            Self::Number(_) => "a number",
            Self::Whole(_) => "a whole number from 0 to 4294967295",
            Self::Flag(_) => "true or false",
            Self::Of(form, _) => form.words,
            Self::OrNone(form, _) => return Cow::Owned(format!("{}, or \"{NONE}\"", form.words)),
            Self::Share(_) => "a number above 0 and below 1, such as 0.995",
            Self::Texts(_) => "a list of texts",
            Self::Labels(_) => {
                "a list of names of labels, of letters, digits and underscores, without `job` and `instance`"
            }
            Self::Grouping(_) => "a list of names of labels with at least one, of letters, digits and underscores",
            Self::Choice(words, _) => return Cow::Owned(words()),
            Self::Word(words, _) => return Cow::Owned(one_of(words)),
        })
    }

    /// Sets what the value says; `names` are the parts of the key that the operator chose.
    pub(super) fn set(
        self,
        settings: &mut GeneratorSettings,
        names: &[&str],
        value: &DeValue<'_>,
    ) -> Result<(), Refusal> {
        fn done<T>(
            set: Set<T>,
            (settings, names): (&mut GeneratorSettings, &[&str]),
            value: Option<T>,
        ) -> Result<(), Refusal> {
            set(settings, names, value.ok_or(Refusal::Kind)?).map_err(Refusal::Unfit)
        }

        let to = (settings, names);
        match self {
            Self::Namespace(set) => done(set, to, text(value).and_then(|text| Namespace::new(text).ok())),
            Self::Text(set) => done(set, to, text(value)),
            Self::Address(set) => done(set, to, text(value).filter(|text| is_address(text))),
            Self::Time(set) => done(set, to, text(value).filter(|text| time(text).is_some())),
            Self::Label(set) => done(set, to, text(value).filter(|text| is_label(text))),
            Self::Number(set) => done(set, to, number(value)),
            Self::Whole(set) => done(set, to, whole(value)),
            Self::Flag(set) => done(set, to, value.as_bool()),
            Self::Of(form, set) => done(set, to, text(value).filter(|text| (form.fits)(text))),
            Self::OrNone(form, set) => done(set, to, or_none(value, form.fits)),
            Self::TimeOrNone(set) => done(set, to, or_none(value, |text| time(text).is_some())),
            Self::Share(set) => done(set, to, number(value).filter(|share| *share > 0.0 && *share < 1.0)),
            Self::Choice(_, choose) => {
                let (settings, names) = to;
                text(value).and_then(|word| choose(settings, names, &word)).ok_or(Refusal::Kind)
            }
            Self::Word(words, set) => done(set, to, text(value).filter(|text| words.contains(&text.as_str()))),
            Self::Texts(set) => done(set, to, texts(value)),
            Self::Labels(set) => {
                let own = |label: &String| is_label(label) && label != "job" && label != "instance";
                done(set, to, texts(value).filter(|labels| labels.iter().all(own)))
            }
            Self::Grouping(set) => {
                let labels = texts(value).filter(|labels| !labels.is_empty());
                done(set, to, labels.filter(|labels| labels.iter().all(|label| is_label(label))))
            }
        }
    }
}

/// The words of a choice.
pub(super) fn words<T: SettingValue>() -> String {
    T::accepted(Syntax::Unit)
}

/// What a word means, if it is one of the choice.
pub(super) fn chosen<T: SettingValue>(word: &str) -> Option<T> {
    T::read(&Node::Text(word.to_owned()), Syntax::Unit).ok()
}

fn text(value: &DeValue<'_>) -> Option<String> {
    value.as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned)
}

/// The text, or nothing of the word for that.
fn or_none(value: &DeValue<'_>, fits: impl Fn(&str) -> bool) -> Option<Option<String>> {
    match text(value) {
        Some(text) if text == NONE => Some(None),
        text => text.filter(|text| fits(text)).map(Some),
    }
}

fn texts(value: &DeValue<'_>) -> Option<Vec<String>> {
    let DeValue::Array(values) = value else { return None };
    values.iter().map(Spanned::get_ref).map(text).collect()
}

fn whole(value: &DeValue<'_>) -> Option<u32> {
    let DeValue::Integer(whole) = value else { return None };
    u32::from_str_radix(whole.as_str(), whole.radix()).ok()
}

fn number(value: &DeValue<'_>) -> Option<f64> {
    let number: f64 = match value {
        DeValue::Integer(whole) if whole.radix() == 10 => whole.as_str().parse().ok()?,
        DeValue::Integer(_) => whole(value)?.into(),
        DeValue::Float(number) => number.as_str().parse().ok()?,
        _ => return None,
    };
    number.is_finite().then_some(number)
}

fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(|c: char| c.is_whitespace() || c.is_control()))
}
