//! Statements by their texts: those that were met lately, bounded in number and in bytes.

use std::collections::HashMap;
use std::fmt;
use std::mem;
use std::sync::{Arc, PoisonError, RwLock};

use foldhash::fast::RandomState;

use super::read::Reader;
use super::statement::Statement;
use crate::settings::DbSettings;
use crate::system::System;

/// What a map has for each entry beside text and statement, generously.
const ENTRY: usize = 96;

/// The statements of one system by their texts.
///
/// There are two generations. What is met goes into the younger one; when that holds half of what may be remembered, it
/// becomes the older one, and what was in that and was not met meanwhile is forgotten. So a statement that is used stays, and
/// texts that come once each, because values are written into them, push one another out.
pub(crate) struct Statements {
    reader: Reader,
    most_entries: usize,
    most_bytes: usize,
    generations: RwLock<Generations>,
}

type Known = HashMap<Box<str>, Arc<Statement>, RandomState>;

#[derive(Default)]
struct Generations {
    young: Known,
    young_bytes: usize,
    old: Known,
}

impl Statements {
    pub(crate) fn new(system: System, settings: &DbSettings) -> Self {
        Self {
            reader: Reader::new(system, settings.max_statement_bytes, settings.query_text),
            most_entries: settings.max_known_statements / 2,
            most_bytes: settings.max_known_bytes / 2,
            generations: RwLock::default(),
        }
    }

    /// What is known of a statement.
    pub(crate) fn of(&self, text: &str) -> Arc<Statement> {
        if self.reader.is_too_long(text) {
            return self.reader.unknown();
        }
        let found = {
            let known = self.generations.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(statement) = known.young.get(text) {
                return Arc::clone(statement);
            }
            known.old.get(text).map(Arc::clone)
        };
        // Read outside the lock: nobody waits for a parser.
        let statement = found.unwrap_or_else(|| self.reader.read(text));
        self.remember(text, &statement);
        statement
    }

    #[cold]
    fn remember(&self, text: &str, statement: &Arc<Statement>) {
        let bytes = ENTRY + text.len() + statement.bytes();
        if bytes > self.most_bytes {
            return;
        }
        let mut known = self.generations.write().unwrap_or_else(PoisonError::into_inner);
        let is_full = known.young.len() >= self.most_entries || known.young_bytes + bytes > self.most_bytes;
        let forgotten = is_full.then(|| {
            known.young_bytes = 0;
            let young = mem::take(&mut known.young);
            mem::replace(&mut known.old, young)
        });
        if known.young.insert(text.into(), Arc::clone(statement)).is_none() {
            known.young_bytes += bytes;
        }
        drop(known);
        // Outside the lock, because it may be many.
        drop(forgotten);
    }
}

impl fmt::Debug for Statements {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = self.generations.read().unwrap_or_else(PoisonError::into_inner);
        f.debug_struct("Statements").field("known", &(known.young.len() + known.old.len())).finish_non_exhaustive()
    }
}
