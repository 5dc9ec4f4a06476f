//! The tools that a server is known to have, so that clients cannot make up labels.

use std::collections::HashSet;
use std::sync::{PoisonError, RwLock};

/// The tools that a server is known to have. Names of others come from clients, who may send anything.
#[derive(Debug)]
pub(super) struct KnownTools {
    names: RwLock<HashSet<Box<str>>>,
    /// A server that takes any name must not grow the set for ever.
    most: usize,
}

impl KnownTools {
    pub(super) fn at_most(most: usize) -> Self {
        Self { names: RwLock::default(), most }
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        self.names.read().unwrap_or_else(PoisonError::into_inner).contains(name)
    }

    pub(super) fn learn(&self, name: &str) {
        if self.contains(name) {
            return;
        }
        let mut names = self.names.write().unwrap_or_else(PoisonError::into_inner);
        if names.len() < self.most {
            names.insert(name.into());
        }
    }
}
