//! The label values that take no room among those that anybody may have made up.

use std::collections::BTreeSet;
use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use super::length::{is_name, is_registrable};
use crate::table::Table;

/// The values of a group's labels that are let in whatever room is left: by label, whether each is registered, or bounded
/// by the domain that lets it in.
pub(super) struct Standing {
    labels: Box<[Table<AtomicBool>]>,
    /// The keys that were registered before there was a meter, whose counters have yet to begin.
    waiting: Mutex<BTreeSet<Box<[Box<str>]>>>,
}

impl Standing {
    /// Of a group with that many labels; none has a value yet.
    pub(super) fn of_labels(count: usize) -> Self {
        Self { labels: (0..count).map(|_| Table::new()).collect(), waiting: Mutex::default() }
    }

    /// Lets a key's values in, but for those that are empty, which say nothing of the label, and those that are too long.
    pub(super) fn enter(&self, parts: &[&str], registered: bool) {
        let fits = |part: &str| if registered { is_registrable(part) } else { is_name(part) };
        for (values, part) in self.labels.iter().zip(parts).filter(|(_, part)| !part.is_empty() && fits(part)) {
            let value = values.get_or_insert(&[part], usize::MAX, || AtomicBool::new(registered));
            if let (Ok(is_registered), true) = (value, registered) {
                is_registered.store(true, Ordering::Relaxed);
            }
        }
    }

    /// Whether a label's value is let in.
    pub(super) fn has(&self, label: usize, value: &str) -> bool {
        self.labels.get(label).is_some_and(|values| values.get(&[value]).is_some())
    }

    /// Whether a label's value is registered.
    pub(super) fn is_registered(&self, label: usize, value: &str) -> bool {
        let value = self.labels.get(label).and_then(|values| values.get(&[value]));
        value.is_some_and(|is_registered| is_registered.load(Ordering::Relaxed))
    }

    /// Keeps a key for the day when there is a meter.
    pub(super) fn wait(&self, parts: &[&str]) {
        if !parts.iter().all(|part| is_registrable(part)) {
            return;
        }
        let key = parts.iter().map(|part| (*part).into()).collect();
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(key);
    }

    /// The keys that have waited, once.
    pub(super) fn take_waiting(&self) -> BTreeSet<Box<[Box<str>]>> {
        mem::take(&mut self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
