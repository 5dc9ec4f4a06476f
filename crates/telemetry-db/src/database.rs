//! One database as the application asks it.

use std::sync::Arc;

use telemetry_core::Shared;
use telemetry_core::text::{NAME, cut};

use crate::connections::Connections;
use crate::inner::{Inner, Source};
use crate::metrics::DbOperation;
use crate::query::{QueryGuard, QueryStart};
use crate::size::DatabaseSize;
#[cfg(feature = "sql")]
use crate::sql::Statement;
use crate::system::System;

/// A database that is asked: what its queries say of it. Cheap to clone.
///
/// ```
/// use telemetry_db::Db;
/// use telemetry_db::labels::{DbOperation, System};
///
/// let shop = Db::global().database(System::PostgreSql).namespace("shop").server("db.internal", 5432);
/// shop.start(DbOperation::Select, "orders").succeed();
/// ```
#[derive(Clone, Debug)]
#[must_use = "a database records nothing by itself"]
pub struct Database(Shared<Source>);

impl Database {
    pub(crate) fn new(inner: Arc<Inner>, system: System) -> Self {
        Self(Shared::new(Source::new(inner, system)))
    }

    /// The name of the database on its server, or of its file: `db.namespace`. It is cut at 256 bytes, and is a value of a
    /// label of the conventions' metric.
    pub fn namespace(self, name: &str) -> Self {
        let namespace = cut(name, NAME).as_ref().into();
        Self(Shared::new(Source { namespace, ..Source::clone(&self.0) }))
    }

    /// Where the server is reached, for spans.
    pub fn server(self, address: &str, port: impl Into<Option<u16>>) -> Self {
        let address = cut(address, NAME).as_ref().into();
        Self(Shared::new(Source { address, port: port.into(), ..Source::clone(&self.0) }))
    }

    /// Prepares a query: what more is known of it than its operation and its table.
    pub fn query<'a>(&'a self, operation: DbOperation, table: &'a str) -> QueryStart<'a> {
        QueryStart::new(&self.0, operation, table)
    }

    /// Starts a query of which nothing more is known: [`query`](Self::query)`(…).`[`start()`](QueryStart::start).
    pub fn start(&self, operation: DbOperation, table: &str) -> QueryGuard {
        self.query(operation, table).start()
    }

    /// Starts a query whose operation and table are taken from its text.
    ///
    /// A text that was met lately is not read again. One that is too long, too deep, or that the parser does not know is
    /// counted as `other` and `_unknown`, and nothing of it is recorded.
    ///
    /// ```
    /// use telemetry_db::Db;
    /// use telemetry_db::labels::System;
    ///
    /// let tasks = Db::global().database(System::Sqlite);
    /// let query = tasks.sql("UPDATE tasks SET state = 'done' WHERE id = 7"); // db.update tasks
    /// query.succeed();
    /// ```
    #[cfg(feature = "sql")]
    pub fn sql(&self, text: &str) -> QueryGuard {
        self.start_statement(&self.0.statements.of(text))
    }

    /// What is known of a statement by its text.
    #[cfg(feature = "sqlx")]
    pub(crate) fn statement(&self, text: &str) -> Arc<Statement> {
        self.0.statements.of(text)
    }

    #[cfg(feature = "sql")]
    pub(crate) fn start_statement(&self, statement: &Statement) -> QueryGuard {
        let query = self.query(statement.operation, &statement.table).text(statement.text.as_ref());
        let query = query.operation_name(statement.keyword);
        if statement.is_only_table { query.start() } else { query.several_tables().start() }
    }

    /// Tells the tables that there are: none of them is ever folded into `_other`, whatever names others make up. It is for
    /// what the application knows, such as the tables of its schema.
    ///
    /// Their counters are exported at 0 from now on
    /// ([`registered_zeros`](telemetry_core::MeterSettings::registered_zeros)).
    pub fn register<'a>(&self, tables: impl IntoIterator<Item = &'a str>) {
        tables.into_iter().for_each(|table| self.0.inner.register(table));
    }

    /// Has a pool's connections in use be part of `agentpane_db_connections_active`, until what is returned is dropped:
    /// `read` is asked whenever metrics are collected, on a thread of the telemetry's. The telemetry has to be there.
    ///
    /// ```
    /// use telemetry_db::Db;
    ///
    /// # #[derive(Clone)] struct Pool;
    /// # impl Pool { fn in_use(&self) -> usize { 3 } }
    /// # let pool = Pool;
    /// let connections = Db::global().connections(move || pool.in_use());
    /// # drop(connections);
    /// ```
    pub fn connections(&self, read: impl Fn() -> usize + Send + Sync + 'static) -> Connections {
        self.0.inner.pools.observe(read)
    }

    /// The size of a database under this name, as long as what is returned is held. The telemetry has to be there.
    pub fn size(&self, database: &str) -> DatabaseSize {
        DatabaseSize::new(self.0.inner.sizes.live(database))
    }

    #[cfg(feature = "sqlx")]
    pub(crate) fn size_interval(&self) -> std::time::Duration {
        self.0.inner.settings.size_interval
    }
}
