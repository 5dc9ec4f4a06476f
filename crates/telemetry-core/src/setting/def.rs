//! The row of a setting.

use std::fmt;

use super::name::{Name, equal, is_key, is_variable, is_variable_start};
use super::node::{Node, Syntax};
use super::range::Range;
use super::value::SettingValue;
use crate::mask::REDACTED;

/// What a group of settings is about, as a heading and an introduction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Concern {
    /// The heading.
    pub title: &'static str,
    /// What the group is about.
    pub doc: &'static str,
}

/// One setting: its names, its documentation, its default and what is accepted. `#[derive(Settings)]` makes one of each
/// field; reading, validation, the documentation's tables and the tests go along them.
#[derive(Clone, Copy)]
pub struct SettingDef {
    key: Name,
    env: Name,
    /// Whether the name is whole, and not one within its group.
    has_own_key: bool,
    has_own_env: bool,
    doc: &'static str,
    concern: Concern,
    default: fn() -> Option<String>,
    /// What holds where nothing is set, where that is no value.
    unset: &'static str,
    accepted: fn(Syntax) -> String,
    shown: fn(&Node) -> String,
    /// What is accepted, where the type does not say it all.
    words: &'static str,
    range: Option<Range>,
    example: &'static str,
    setter: &'static str,
    secret: bool,
}

impl SettingDef {
    /// For the derive: a field by its own names, which are placed within the group's by [`table`].
    #[doc(hidden)]
    #[must_use]
    pub const fn new(key: &'static str, env: &'static str, doc: &'static str, concern: Concern) -> Self {
        Self {
            key: Name::new(key),
            env: Name::new(env),
            has_own_key: false,
            has_own_env: false,
            doc,
            concern,
            default: super::value::no_default,
            unset: "",
            accepted: String::accepted,
            shown: String::shown,
            words: "",
            range: None,
            example: "",
            setter: "",
            secret: false,
        }
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn of_type(
        mut self,
        accepted: fn(Syntax) -> String,
        shown: fn(&Node) -> String,
        default: fn() -> Option<String>,
    ) -> Self {
        self.accepted = accepted;
        self.shown = shown;
        self.default = default;
        self
    }

    #[doc(hidden)]
    #[must_use]
    #[track_caller]
    pub const fn with_key(mut self, key: &'static str) -> Self {
        assert!(is_key(key), "a key is of words of [a-z0-9_] that dots join");
        self.key = Name::new(key);
        self.has_own_key = true;
        self
    }

    #[doc(hidden)]
    #[must_use]
    #[track_caller]
    pub const fn with_env(mut self, env: &'static str) -> Self {
        assert!(is_variable(env), "a variable is of [A-Z0-9_] and starts with TELEMETRY_ or OTEL_");
        self.env = Name::new(env);
        self.has_own_env = true;
        self
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn within(mut self, range: Range) -> Self {
        self.range = Some(range);
        self
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn in_words(mut self, words: &'static str) -> Self {
        self.words = words;
        self
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn for_example(mut self, example: &'static str) -> Self {
        self.example = example;
        self
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn or_else(mut self, unset: &'static str) -> Self {
        self.unset = unset;
        self
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn set_by(mut self, setter: &'static str) -> Self {
        self.setter = setter;
        self
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn kept_secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// The key in a settings file, its levels joined by dots, such as `otlp.traces.endpoint`.
    #[must_use]
    pub const fn key(&self) -> &str {
        self.key.as_str()
    }

    /// The environment variable.
    #[must_use]
    pub const fn env(&self) -> &str {
        self.env.as_str()
    }

    /// What the setting means: the doc comment of its field, as one line.
    #[must_use]
    pub const fn doc(&self) -> &'static str {
        self.doc
    }

    /// What the setting is about, in common with those beside it.
    #[must_use]
    pub const fn concern(&self) -> Concern {
        self.concern
    }

    /// What holds where nothing is set; `none` where that is nothing.
    #[must_use]
    pub fn default(&self) -> String {
        match self.unset {
            "" => (self.default)().unwrap_or_else(|| "none".to_owned()),
            unset => unset.to_owned(),
        }
    }

    /// The default as a value that could be set; `None` where there is none or it is told in words.
    #[must_use]
    pub fn default_value(&self) -> Option<String> {
        (self.default)()
    }

    /// What is accepted, where durations have units.
    #[must_use]
    pub fn accepted(&self) -> String {
        match (self.range, self.words) {
            (Some(range), _) => range.to_string(),
            (None, "") => (self.accepted)(Syntax::Unit),
            (None, words) => words.to_owned(),
        }
    }

    /// The limits of a number or a duration.
    #[must_use]
    pub const fn range(&self) -> Option<Range> {
        self.range
    }

    /// A value that a file accepts, and other than the default where there is another.
    #[must_use]
    pub fn example(&self) -> String {
        match self.example {
            "" => self.default_value().unwrap_or_default(),
            example => example.to_owned(),
        }
    }

    /// The example as the environment variable accepts it.
    #[must_use]
    pub fn env_example(&self) -> String {
        let example = self.example();
        match (self.syntax(), self.range) {
            (Syntax::Milliseconds, Some(Range::Time { .. })) => {
                humantime::parse_duration(&example).map_or(example, |duration| duration.as_millis().to_string())
            }
            _ => example,
        }
    }

    /// The builder's method, where it is not called as the key is.
    #[must_use]
    pub const fn setter(&self) -> &str {
        if self.setter.is_empty() { self.key.as_str() } else { self.setter }
    }

    /// Whether the value is kept out of errors.
    #[must_use]
    pub const fn is_secret(&self) -> bool {
        self.secret
    }

    /// How durations are written in the variable.
    #[must_use]
    pub fn syntax(&self) -> Syntax {
        if self.env().starts_with("OTEL_") { Syntax::Milliseconds } else { Syntax::Unit }
    }

    /// A value as errors show it.
    #[must_use]
    pub fn shown(&self, node: &Node) -> String {
        if self.secret { REDACTED.to_owned() } else { (self.shown)(node) }
    }

    /// Text as errors show it, unless the value is secret.
    pub(crate) fn shown_text(&self, text: String) -> String {
        if self.secret { REDACTED.to_owned() } else { text }
    }

    /// For the derive: reads a value of this setting; the error says what is accepted.
    #[doc(hidden)]
    pub fn read<T: SettingValue>(&self, node: &Node, syntax: Syntax) -> Result<T, String> {
        let value = T::read(node, syntax).map_err(|accepted| match self.range {
            // Of a whole number the type says less than the limits do.
            Some(range @ Range::Whole { .. }) => range.to_string(),
            _ => accepted,
        })?;
        self.check(&value).map(|()| value)
    }

    /// For the derive: whether a value is within the limits; the error says what is accepted.
    #[doc(hidden)]
    pub fn check<T: SettingValue>(&self, value: &T) -> Result<(), String> {
        match self.range {
            Some(range) if !value.is_within(&range) => Err(range.to_string()),
            _ => Ok(()),
        }
    }
}

/// A setting is told by its names.
impl PartialEq for SettingDef {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key() && self.env() == other.env()
    }
}

impl Eq for SettingDef {}

impl fmt::Debug for SettingDef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SettingDef").field("key", &self.key()).field("env", &self.env()).finish_non_exhaustive()
    }
}

/// Rows of a struct: those of its own fields, or those of a group within it.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Part {
    /// Placed within this key and variable; as they are where those are empty.
    pub key: &'static str,
    /// The variable's beginning.
    pub env: &'static str,
    /// What they are about, where the group has no heading of its own.
    pub concern: Concern,
    /// What holds where nothing is set, where it is the same for the whole group.
    pub unset: &'static str,
    /// The rows.
    pub rows: &'static [SettingDef],
}

/// How many rows the parts have.
#[doc(hidden)]
#[must_use]
pub const fn count(parts: &[Part]) -> usize {
    let (mut part, mut rows) = (0, 0);
    while part < parts.len() {
        rows += parts[part].rows.len();
        part += 1;
    }
    rows
}

/// The rows of a group that stands by itself: their names are whole.
#[doc(hidden)]
#[must_use]
#[track_caller]
pub const fn rooted<const N: usize>(part: Part) -> [SettingDef; N] {
    let all = table::<N>(&[part]);
    let mut at = 0;
    while at < N {
        assert!(is_key(all[at].key()), "a key is of words of [a-z0-9_] that dots join");
        assert!(is_variable(all[at].env()), "a variable is of [A-Z0-9_] and starts with TELEMETRY_ or OTEL_");
        at += 1;
    }
    all
}

/// The rows of all parts, each placed.
#[doc(hidden)]
#[must_use]
#[track_caller]
pub const fn table<const N: usize>(parts: &[Part]) -> [SettingDef; N] {
    const NOTHING: SettingDef = SettingDef::new("", "", "", Concern { title: "", doc: "" });
    let mut all = [NOTHING; N];
    let (mut part, mut at) = (0, 0);
    while part < parts.len() {
        let mut row = 0;
        while row < parts[part].rows.len() {
            all[at] = placed(parts[part].rows[row], &parts[part]);
            let mut before = 0;
            while before < at {
                assert!(!equal(all[before].key(), all[at].key()), "a key is used once");
                assert!(!equal(all[before].env(), all[at].env()), "a variable is used once");
                before += 1;
            }
            row += 1;
            at += 1;
        }
        part += 1;
    }
    all
}

const fn placed(mut row: SettingDef, part: &Part) -> SettingDef {
    if !row.has_own_key {
        row.key = row.key.within(part.key, ".");
    }
    if !row.has_own_env {
        row.env = row.env.within(part.env, "_");
        row.has_own_env = is_variable_start(part.env);
    }
    if row.concern.title.is_empty() {
        row.concern = part.concern;
    }
    // What goes by another group has no method of the builder either.
    if !part.unset.is_empty() {
        row.unset = part.unset;
        row.setter = "";
    }
    row
}
