//! The table of prices in force, and its replacement while calls are under way.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use genai_prices::Calculator;

/// The table in force.
pub(super) struct Table {
    calculator: RwLock<Arc<Source>>,
    /// Counts the replacements, so that whoever remembers something of a table knows that it is an old one.
    generation: AtomicU64,
}

pub(super) enum Source {
    Bundled(&'static Calculator),
    File(Calculator),
}

impl Source {
    pub(super) fn calculator(&self) -> &Calculator {
        match self {
            Self::Bundled(calculator) => calculator,
            Self::File(calculator) => calculator,
        }
    }
}

impl Table {
    pub(super) fn new(source: Source) -> Arc<Self> {
        Arc::new(Self { calculator: RwLock::new(Arc::new(source)), generation: AtomicU64::new(0) })
    }

    pub(super) fn get(&self) -> Arc<Source> {
        Arc::clone(&self.calculator.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn replace(&self, calculator: Calculator) {
        *self.calculator.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Source::File(calculator));
        self.generation.fetch_add(1, Ordering::Release);
    }

    /// How often the table has been replaced.
    pub(super) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }
}
