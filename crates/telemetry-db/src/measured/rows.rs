//! The rows of a query as they come, measured until they end or nobody wants them any more.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use futures_core::stream::BoxStream;
use sqlx::{Either, Error};

use super::failure;
use crate::database::Database;
use crate::query::QueryGuard;
use crate::sql::Statement;

/// A stream of results and rows, and the query that they answer.
pub(super) struct Rows<'e, R, Row> {
    stream: BoxStream<'e, Result<Either<R, Row>, Error>>,
    /// The query, until somebody asks for anything: so long nothing is asked of the database.
    before: Option<(Database, Arc<Statement>)>,
    /// The query, until its end.
    during: Option<QueryGuard>,
    rows: u64,
}

impl<'e, R, Row> Rows<'e, R, Row> {
    pub(super) fn new(
        database: Database,
        statement: Arc<Statement>,
        stream: BoxStream<'e, Result<Either<R, Row>, Error>>,
    ) -> Self {
        Self { stream, before: Some((database, statement)), during: None, rows: 0 }
    }
}

impl<R, Row> Stream for Rows<'_, R, Row> {
    type Item = Result<Either<R, Row>, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if let Some((database, statement)) = this.before.take() {
            this.during = Some(database.start_statement(&statement));
        }
        let stream = this.stream.as_mut();
        let item = match &mut this.during {
            Some(query) => {
                let item = ready!(query.run(|| stream.poll_next(cx)));
                this.rows += u64::from(matches!(item, Some(Ok(Either::Right(_)))));
                query.rows(this.rows);
                item
            }
            None => ready!(stream.poll_next(cx)),
        };
        if !matches!(item, Some(Ok(_)))
            && let Some(query) = this.during.take()
        {
            match &item {
                Some(Err(error)) => failure::end(query, error),
                _ => query.succeed(),
            }
        }
        Poll::Ready(item)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.stream.size_hint()
    }
}
