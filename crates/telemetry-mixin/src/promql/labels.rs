//! Which labels a vector's series carry, as far as that can be told.

use std::collections::BTreeMap;

/// The labels that a vector's series carry.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct LabelSet {
    /// Each label, and whether it may be missing (a detail label).
    known: BTreeMap<String, bool>,
    /// Whether there may be others besides.
    open: bool,
}

impl LabelSet {
    pub(crate) fn none() -> Self {
        Self::default()
    }

    pub(crate) fn unknown() -> Self {
        Self { known: BTreeMap::new(), open: true }
    }

    pub(crate) fn of<'a>(labels: impl IntoIterator<Item = &'a str>) -> Self {
        Self { known: labels.into_iter().map(|label| (label.to_owned(), false)).collect(), open: false }
    }

    pub(crate) fn add(&mut self, label: &str, optional: bool) {
        self.known.insert(label.to_owned(), optional);
    }

    pub(crate) fn remove(&mut self, label: &str) {
        self.known.remove(label);
    }

    pub(crate) fn opened(mut self) -> Self {
        self.open = true;
        self
    }

    /// Whether series may carry the label.
    pub(crate) fn may_have(&self, label: &str) -> bool {
        self.open || self.known.contains_key(label)
    }

    /// Whether every series carries the label.
    pub(crate) fn surely_has(&self, label: &str) -> bool {
        self.known.get(label).is_some_and(|optional| !optional)
    }

    pub(crate) fn is_open(&self) -> bool {
        self.open
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.known.keys().map(String::as_str)
    }

    /// The labels that only this side surely has; they keep its series from finding a partner on the other side.
    pub(crate) fn surplus(&self, other: &Self) -> Vec<String> {
        if other.open {
            return Vec::new();
        }
        let missing = self.known.iter().filter(|(label, optional)| !**optional && !other.known.contains_key(*label));
        missing.map(|(label, _)| label.clone()).collect()
    }

    pub(crate) fn union(&self, other: &Self) -> Self {
        let mut union = self.clone();
        for (label, optional) in &other.known {
            union.known.entry(label.clone()).and_modify(|known| *known &= optional).or_insert(*optional);
        }
        union.open |= other.open;
        union
    }
}
