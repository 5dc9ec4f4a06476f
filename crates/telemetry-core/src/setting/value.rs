//! How a type of setting is read, written and bounded.

use super::node::{Node, Syntax};
use super::range::Range;

/// A type that settings have: how it is read and written, and what is accepted.
///
/// Numbers, `bool`, `String`, paths, addresses and `Duration` are such types, and an enum with `#[derive(Choice)]`.
///
/// ```
/// use telemetry_core::setting::{Node, SettingValue, Syntax};
///
/// /// A port that anyone may listen on.
/// struct Port(u16);
///
/// impl SettingValue for Port {
///     fn accepted(_: Syntax) -> String {
///         "a port above 1023".to_owned()
///     }
///     fn read(node: &Node, syntax: Syntax) -> Result<Self, String> {
///         u16::read(node, syntax).ok().filter(|port| *port > 1023).map(Self).ok_or_else(|| Self::accepted(syntax))
///     }
///     fn write(&self) -> String {
///         self.0.to_string()
///     }
/// }
///
/// assert!(Port::read(&Node::Text("80".to_owned()), Syntax::Unit).is_err());
/// ```
pub trait SettingValue: Sized {
    /// What is accepted, in words that follow "accepted is".
    fn accepted(syntax: Syntax) -> String;

    /// Reads a value.
    ///
    /// # Errors
    ///
    /// What is accepted, where the value is not.
    fn read(node: &Node, syntax: Syntax) -> Result<Self, String>;

    /// The value as it is written where durations have units; empty for an empty list.
    fn write(&self) -> String;

    /// A value that is not accepted, as errors show it.
    #[must_use]
    fn shown(node: &Node) -> String {
        node.to_string()
    }

    /// Whether the value lies within; `false` for what is no number and no duration.
    fn is_within(&self, range: &Range) -> bool {
        let _ = range;
        false
    }

    /// What holds when a source of more weight says `self` and one of less says `below`: `self`, unless both are joined.
    #[must_use]
    fn laid_over(self, below: Self) -> Self {
        let _ = below;
        self
    }
}

/// Words as one of them is asked for: `gzip or none`, `cumulative, delta or lowmemory`.
#[must_use]
pub fn one_of(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [word] => (*word).to_owned(),
        [words @ .., last] => format!("{} or {last}", words.join(", ")),
    }
}

/// The default as documentation shows it.
#[doc(hidden)]
#[must_use]
pub fn doc_default<T: SettingValue>(value: &T) -> Option<String> {
    Some(value.write()).filter(|text| !text.is_empty())
}

/// Where nothing is set, there is nothing.
#[doc(hidden)]
#[must_use]
pub fn no_default() -> Option<String> {
    None
}
