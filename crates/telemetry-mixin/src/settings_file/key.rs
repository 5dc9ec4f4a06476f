//! A key of the file: where it stands, what it means, what it sets.

use super::accepts::Accepts;
use crate::settings::GeneratorSettings;

/// A key, declared once: the reader, the errors and the page all go by it.
pub(super) struct Key {
    /// The tables and the key, joined by dots; `<…>` stands for a name that the operator chooses.
    pub(super) path: &'static str,
    /// What it means, in a sentence.
    pub(super) meaning: &'static str,
    pub(super) unset: Unset,
    pub(super) accepts: Accepts,
}

/// What holds where the key is not set.
pub(super) enum Unset {
    /// A value, as it would be written.
    Is(fn(&GeneratorSettings) -> String),
    /// Something else, in words.
    Means(&'static str),
}

impl Key {
    pub(super) fn parts(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('.')
    }

    /// The table that it is in; nothing for one that is in none.
    pub(super) fn table(&self) -> &'static str {
        self.path.rsplit_once('.').map_or("", |(table, _)| table)
    }
}

/// Whether a part of a key's path is a name that the operator chooses.
pub(super) fn is_chosen(part: &str) -> bool {
    part.starts_with('<')
}
