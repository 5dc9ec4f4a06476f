//! The tools that a server is known to have, so that clients cannot make up labels.

use std::collections::HashSet;
use std::sync::{PoisonError, RwLock};

/// More tools than a server has; one that takes any name must not grow the set for ever.
const MOST: usize = 1_000;

/// The tools that a server is known to have. Names of others come from clients, who may send anything.
#[derive(Debug, Default)]
pub(super) struct KnownTools(RwLock<HashSet<Box<str>>>);

impl KnownTools {
    pub(super) fn contains(&self, name: &str) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).contains(name)
    }

    pub(super) fn learn(&self, name: &str) {
        if self.contains(name) {
            return;
        }
        let mut names = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if names.len() < MOST {
            names.insert(name.into());
        }
    }
}
