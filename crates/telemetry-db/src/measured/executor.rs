//! A query through whatever executes it, measured.

use futures_core::future::BoxFuture;
use futures_core::stream::BoxStream;
use sqlx::{Either, Error, Execute, Executor};

use super::failure;
use super::rows::Rows;
use super::told::Told;
use crate::database::Database;
use crate::metrics::DbOperation;
use crate::query::QueryGuard;
use crate::tables::NONE;

type Step<DB> = Result<Either<<DB as sqlx::Database>::QueryResult, <DB as sqlx::Database>::Row>, Error>;

/// The results and rows of a query, measured from the first time that somebody asks for one.
pub(super) fn fetch_many<'c: 'e, 'e, 'q: 'e, DB: sqlx::Database>(
    database: &Database,
    executor: impl Executor<'c, Database = DB>,
    query: impl Execute<'q, DB> + 'q,
) -> BoxStream<'e, Step<DB>> {
    let told = Told::<DB>::of(query);
    let statement = database.statement(told.text());
    Box::pin(Rows::new(database.clone(), statement, executor.fetch_many(told)))
}

/// The first row of a query, measured from the first time that somebody asks for it.
pub(super) fn fetch_optional<'c: 'e, 'e, 'q: 'e, DB: sqlx::Database>(
    database: &Database,
    executor: impl Executor<'c, Database = DB>,
    query: impl Execute<'q, DB> + 'q,
) -> BoxFuture<'e, Result<Option<DB::Row>, Error>> {
    let told = Told::<DB>::of(query);
    let statement = database.statement(told.text());
    let (database, row) = (database.clone(), executor.fetch_optional(told));
    Box::pin(async move {
        let mut query = database.start_statement(&statement);
        let row = query.instrument(row).await;
        if let Ok(row) = &row {
            query.rows(u64::from(row.is_some()));
        }
        end(query, row)
    })
}

/// What belongs to a transaction and is no query of the application's: `BEGIN`, `COMMIT`, `ROLLBACK`.
pub(super) async fn control<T>(
    database: &Database,
    keyword: &'static str,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let query = database.query(DbOperation::Other, NONE).operation_name(keyword).start();
    let result = query.instrument(work).await;
    end(query, result)
}

fn end<T>(query: QueryGuard, result: Result<T, Error>) -> Result<T, Error> {
    match &result {
        Ok(_) => query.succeed(),
        Err(error) => failure::end(query, error),
    }
    result
}
