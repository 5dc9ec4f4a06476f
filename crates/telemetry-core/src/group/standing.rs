//! The label values that take no room among those that anybody may have made up.

use std::sync::atomic::{AtomicBool, Ordering};

use super::length::{is_name, is_registrable};
use crate::table::Table;

/// The values of a group's labels that are let in whatever room is left: by label, whether each is registered, or bounded
/// by the domain that lets it in.
pub(super) struct Standing(Box<[Table<AtomicBool>]>);

impl Standing {
    /// Of a group with that many labels; none has a value yet.
    pub(super) fn of_labels(count: usize) -> Self {
        Self((0..count).map(|_| Table::new()).collect())
    }

    /// Lets a key's values in, but for those that are empty, which say nothing of the label, and those that are too long.
    pub(super) fn enter(&self, parts: &[&str], registered: bool) {
        let fits = |part: &str| if registered { is_registrable(part) } else { is_name(part) };
        for (values, part) in self.0.iter().zip(parts).filter(|(_, part)| !part.is_empty() && fits(part)) {
            let value = values.get_or_insert(&[part], usize::MAX, || AtomicBool::new(registered));
            if let (Ok(is_registered), true) = (value, registered) {
                is_registered.store(true, Ordering::Relaxed);
            }
        }
    }

    /// Whether a label's value is let in.
    pub(super) fn has(&self, label: usize, value: &str) -> bool {
        self.0.get(label).is_some_and(|values| values.get(&[value]).is_some())
    }

    /// Whether a label's value is registered.
    pub(super) fn is_registered(&self, label: usize, value: &str) -> bool {
        let value = self.0.get(label).and_then(|values| values.get(&[value]));
        value.is_some_and(|is_registered| is_registered.load(Ordering::Relaxed))
    }
}
