//! The table of one shape.

use crate::metrics::ErrorType;
use crate::usage::field::Field;

/// What stands where in the answers of a shape, whole or in pieces. A provider may have fields of its own
/// (see `providers`).
#[derive(Debug)]
pub(crate) struct Shape {
    /// What it is called, for people.
    pub(crate) title: &'static str,
    /// The ends of the paths that answer so, and what is asked for there. A verb after a colon, or after `/model/{model}/`,
    /// stands behind the model's name.
    pub(crate) endpoints: &'static [(&'static str, &'static str)],
    /// Whether it is streamed, and has an end mark then.
    pub(crate) streamed: bool,
    /// Where the usage stands: the first of them that is an object.
    pub(in crate::usage) roots: &'static [&'static str],
    pub(in crate::usage) fields: &'static [Field],
    /// Where the usage lists the requests that the call is made of, whose sum is what is billed, each at the prices of its
    /// own length and of the `model` that it names, if it does.
    pub(in crate::usage) parts: Option<&'static str>,
    pub(in crate::usage) model: &'static [&'static str],
    pub(in crate::usage) id: &'static [&'static str],
    pub(in crate::usage) tier: &'static [&'static str],
    pub(in crate::usage) finish: &'static [&'static str],
    /// What tells of a charge that the price table has no unit for.
    pub(in crate::usage) unpriced: &'static [Sign],
    /// What an answer says in the place of an error: a field, and the texts by which it says how the model failed.
    pub(in crate::usage) failed: &'static [(&'static str, &'static [&'static str], ErrorType)],
}

/// What a field says where a call is charged for more than tokens.
#[derive(Debug)]
pub(crate) enum Sign {
    /// One of these texts.
    Text(&'static str, &'static [&'static str]),
    /// Any text.
    AnyText(&'static str),
    /// A number above zero.
    Above(&'static str),
}
