//! What the guards and handles of one `Db` share, and of one database.

#[cfg(feature = "sql")]
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
#[cfg(feature = "sql")]
use std::sync::{Mutex, PoisonError};

use telemetry_core::{Family, Meter};

use crate::connections::Pools;
use crate::metrics::{QueryMetrics, SizeMetrics};
use crate::semconv::Conventions;
use crate::settings::DbSettings;
#[cfg(feature = "sql")]
use crate::sql::Statements;
use crate::system::System;
use crate::tables::STAND_INS;

/// What the guards and handles of one `Db` share.
pub(crate) struct Inner {
    pub(crate) queries: Family<QueryMetrics>,
    pub(crate) sizes: Family<SizeMetrics>,
    pub(crate) pools: Arc<Pools>,
    pub(crate) conventions: Conventions,
    pub(crate) settings: DbSettings,
    /// Of each system, because each reads a text in its own way.
    #[cfg(feature = "sql")]
    statements: Mutex<HashMap<System, Arc<Statements>>>,
}

impl Inner {
    pub(crate) fn new(meter: &Meter, settings: &DbSettings) -> Self {
        // Made before it is asked whether there is one already, because families are looked up there, too.
        let pools = Pools::new(meter);
        let inner = Self {
            queries: Family::new(meter),
            sizes: Family::new(meter),
            pools: meter.one(|| pools),
            conventions: Conventions::new(meter, settings.semconv),
            settings: settings.clone(),
            #[cfg(feature = "sql")]
            statements: Mutex::default(),
        };
        STAND_INS.into_iter().for_each(|table| inner.queries.vouch(table));
        inner
    }

    /// Registers a table.
    pub(crate) fn register(&self, table: &str) {
        self.queries.register(table);
        self.conventions.register(table);
    }

    /// What is remembered of statements in the language of a system.
    #[cfg(feature = "sql")]
    fn statements(&self, system: System) -> Arc<Statements> {
        let mut statements = self.statements.lock().unwrap_or_else(PoisonError::into_inner);
        let of_system = statements.entry(system).or_insert_with(|| Arc::new(Statements::new(system, &self.settings)));
        Arc::clone(of_system)
    }
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inner")
            .field("queries", &self.queries)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// A database that is asked, and what records it.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) inner: Arc<Inner>,
    pub(crate) system: System,
    /// Empty where it is not known, as the next one.
    pub(crate) namespace: Arc<str>,
    pub(crate) address: Arc<str>,
    pub(crate) port: Option<u16>,
    #[cfg(feature = "sql")]
    pub(crate) statements: Arc<Statements>,
}

impl Source {
    pub(crate) fn new(inner: Arc<Inner>, system: System) -> Self {
        Self {
            #[cfg(feature = "sql")]
            statements: inner.statements(system),
            inner,
            system,
            namespace: "".into(),
            address: "".into(),
            port: None,
        }
    }
}
