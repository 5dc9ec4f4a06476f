//! The guard of one query.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use telemetry_core::text::{NAME, cut};
use telemetry_core::trace::ActiveSpan;
use telemetry_core::{Dropped, End, EntityRef, Label, Lease, Operation, Shared, clock, end_event, operation_span};
use tracing::Level;
use tracing::field::Empty;
use tracing::level_filters::LevelFilter;

use crate::inner::Source;
use crate::metrics::{DbOperation, QueryMetrics};
use crate::semconv::{ClientMetricsKey, TIMEOUT};
use crate::tables::is_named;

/// A query, about to start. [`start`](Self::start) starts it.
#[derive(Debug, Clone, Copy)]
#[must_use = "a query starts with `start`"]
pub struct QueryStart<'a> {
    source: &'a Shared<Source>,
    operation: DbOperation,
    table: &'a str,
    keyword: &'static str,
    is_only_table: bool,
    text: Option<&'a Arc<str>>,
}

impl<'a> QueryStart<'a> {
    pub(crate) fn new(source: &'a Shared<Source>, operation: DbOperation, table: &'a str) -> Self {
        Self { source, operation, table, keyword: operation.keyword(), is_only_table: true, text: None }
    }

    /// What the operation is called where it is [`DbOperation::Other`], such as `COMMIT`: `db.operation.name` of the span.
    pub fn operation_name(self, keyword: &'static str) -> Self {
        Self { keyword, ..self }
    }

    /// Says that the query reads or writes other tables, too: then the conventions' `db.collection.name` is left out.
    pub fn several_tables(self) -> Self {
        Self { is_only_table: false, ..self }
    }

    /// The text without its literals, which was worked out before.
    #[cfg(feature = "sql")]
    pub(crate) fn text(self, text: Option<&'a Arc<str>>) -> Self {
        Self { text, ..self }
    }

    /// Starts the query: its clock and its span `db.{operation} {table}`.
    pub fn start(self) -> QueryGuard {
        let Self { source, operation: kind, table, keyword, is_only_table, text } = self;
        let has_collection = is_only_table && is_named(table);
        let operation = Operation::start(|| {
            let (said_table, said_operation) = (&*cut(table, NAME), kind.as_str());
            // What is put together stands here, so that it is only where somebody makes the span.
            operation_span!(
                "db.query",
                otel.name = ["db.", said_operation, " ", said_table].concat().as_str(),
                otel.kind = "client",
                operation = said_operation,
                table = said_table,
                db.system.name = source.system.as_str(),
                db.namespace = known(&source.namespace),
                db.operation.name = known(keyword),
                db.collection.name = has_collection.then_some(said_table),
                db.query.summary = summary(keyword, said_table).as_deref(),
                db.query.text = text.map(|text| &**text),
                db.response.status_code = Empty,
                db.response.returned_rows = Empty,
                server.address = known(&source.address),
                server.port = source.port.map(i64::from),
            )
        });
        let source = source.lease();
        let table = source.inner.queries.entity(table);
        let text = text.map(Arc::clone);
        QueryGuard { source, table, kind, keyword, has_collection, text, operation, rows: None, why: None }
    }
}

/// What the query does and to what, in as few words as there are queries of the kind.
fn summary(keyword: &str, table: &str) -> Option<String> {
    match (keyword, is_named(table)) {
        ("", _) => None,
        (keyword, true) => Some([keyword, " ", table].concat()),
        (keyword, false) => Some(keyword.to_owned()),
    }
}

/// What is not empty.
fn known(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

/// One query: a guard that records how it ends. It is owned, and goes into a spawned task.
///
/// Each query is counted once, and its duration is recorded, however it ends: the metrics tell how much is asked of a
/// table, how long that takes, and how much of it fails; why it failed is told by the span and the log record. A guard that is dropped before
/// [`succeed`](Self::succeed), [`fail`](Self::fail) or [`timeout`](Self::timeout), by a cancelled future or an early return,
/// ends as `cancelled`, and so does one whose application panics: it says nothing of the database.
#[derive(Debug)]
#[must_use = "dropped at once, the query counts as cancelled"]
pub struct QueryGuard {
    source: Lease<Source>,
    table: EntityRef<QueryMetrics>,
    kind: DbOperation,
    keyword: &'static str,
    /// Whether the conventions' metric names the table.
    has_collection: bool,
    text: Option<Arc<str>>,
    operation: Operation,
    rows: Option<u64>,
    /// Why it fails, if it does.
    why: Option<String>,
}

const SUCCESS: &str = "success";
const ERROR: &str = "error";
const CANCELLED: &str = "cancelled";

impl QueryGuard {
    /// The query's span.
    #[must_use]
    pub fn span(&self) -> &ActiveSpan {
        self.operation.span()
    }

    /// Runs the query within its span.
    pub fn instrument<F: Future>(&self, query: F) -> impl Future<Output = F::Output> + use<F> {
        self.operation.instrument(query)
    }

    /// Runs `query` within its span.
    pub fn in_scope<T>(&self, query: impl FnOnce() -> T) -> T {
        self.operation.in_scope(query)
    }

    /// Runs a piece of the query within its span, for a guard that outlives a panic of it: one beside a stream.
    #[cfg(feature = "sqlx")]
    pub(crate) fn run<T>(&mut self, piece: impl FnOnce() -> T) -> T {
        self.operation.run(piece)
    }

    /// How many rows came back so far, for the span and the log of slow queries.
    pub fn rows(&mut self, rows: u64) {
        self.rows = Some(rows);
    }

    /// Says why, for a failure that follows: what the error and its causes say, masked and cut, becomes the span's status
    /// and stands in the log record. It is for errors on the way to the database: what a database says quotes the values
    /// that it was given.
    ///
    /// ```
    /// use std::io;
    ///
    /// use telemetry_db::Db;
    /// use telemetry_db::labels::DbOperation;
    ///
    /// let query = Db::global().start(DbOperation::Select, "tasks");
    /// query.because(&io::Error::from(io::ErrorKind::ConnectionRefused)).fail("connection");
    /// ```
    pub fn because(mut self, error: &dyn Error) -> Self {
        self.why = self.operation.error_message(error);
        self
    }

    /// Ends the query as a success.
    pub fn succeed(mut self) {
        self.end(End::success(SUCCESS));
    }

    /// Ends the query as failed, with an error type of one word's choice, of which there are few: `connection`.
    pub fn fail(mut self, error_type: &str) {
        self.end_failed(ERROR, error_type);
    }

    /// Ends the query as refused by the database, with its code (an `SQLSTATE`, a code of SQLite), which is the error's type,
    /// too.
    pub fn fail_with_code(self, code: &str) {
        self.span().record("db.response.status_code", &*cut(code, NAME));
        self.fail(code);
    }

    /// Ends the query as given up at its time limit.
    pub fn timeout(mut self) {
        self.end_failed(TIMEOUT, TIMEOUT);
    }

    /// Ends the query as one whose answer nobody waits for any more. To drop it does the same.
    pub fn cancel(mut self) {
        self.end(End::cancelled(CANCELLED));
    }

    fn end_failed(&mut self, outcome: &str, error_type: &str) {
        let (error_type, why) = (cut(error_type, NAME), self.why.take());
        let end = End::failure(outcome, &error_type);
        self.end(why.as_deref().map_or(end, |why| end.describing(why)));
    }

    fn end(&mut self, end: End<'_>) {
        let rows = self.rows.map(|rows| i64::try_from(rows).unwrap_or(i64::MAX));
        let elapsed = self.operation.end_with(&end, |span| {
            span.record("outcome", end.outcome());
            if let Some(rows) = rows {
                span.record("db.response.returned_rows", rows);
            }
        });
        let Some(elapsed) = elapsed else { return };
        let Source { inner, system, namespace, .. } = &*self.source;
        let metrics = inner.queries.at(self.table.id());
        metrics.queries.at(self.kind).add(1);
        metrics.duration.at(self.kind).record(elapsed.as_secs_f64());
        let table = self.table.label(&inner.queries, 0);
        // A panic of the application is nothing that the database answered.
        let error = end.error_type().filter(|_| end.outcome() != CANCELLED);
        // Nothing is added for what succeeds, so that the first failure is one more than none.
        metrics.failures.at(self.kind).add(u64::from(error.is_some()));
        inner.conventions.record(
            elapsed.as_secs_f64(),
            ClientMetricsKey {
                system: system.as_str(),
                namespace,
                operation: self.keyword,
                collection: if self.has_collection { table } else { "" },
                error: error.unwrap_or_default(),
            },
        );
        let (operation, table) = (self.kind.as_str(), &*cut(table, NAME));
        end_event!(self.operation, end, elapsed, { operation, table }, "database query ended", "database query failed");
        self.tell_slow(&end, elapsed, operation, table, rows);
    }

    fn tell_slow(&self, end: &End<'_>, elapsed: Duration, operation: &str, table: &str, rows: Option<i64>) {
        let limit = self.source.inner.settings.slow_query;
        if limit.is_zero() || elapsed < limit || Level::WARN > LevelFilter::current() {
            return;
        }
        let Self { source, text, .. } = self;
        self.operation.say_end(|| {
            tracing::warn!(
                operation,
                table,
                outcome = end.outcome(),
                duration_ms = clock::millis(elapsed),
                rows,
                db.system.name = source.system.as_str(),
                db.namespace = known(&source.namespace),
                db.query.text = text.as_deref(),
                "slow database query"
            );
        });
    }
}

impl Drop for QueryGuard {
    fn drop(&mut self) {
        match self.operation.dropped() {
            Some(Dropped::Cancelled) => self.end(End::cancelled(CANCELLED)),
            Some(Dropped::Panicked) => self.end(End::panicked(CANCELLED)),
            None => {}
        }
    }
}
