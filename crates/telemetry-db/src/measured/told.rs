//! A query of sqlx's whose text has been looked at before it is executed.

use sqlx::error::BoxDynError;
use sqlx::{Database, Execute, SqlStr};

/// What a query was, part by part: to ask it for its text is to take it apart.
pub(super) struct Told<DB: Database> {
    sql: SqlStr,
    statement: Option<DB::Statement>,
    arguments: Result<Option<DB::Arguments>, BoxDynError>,
    is_persistent: bool,
}

impl<DB: Database> Told<DB> {
    pub(super) fn of<'q>(mut query: impl Execute<'q, DB>) -> Self {
        let (statement, is_persistent) = (query.statement().cloned(), query.persistent());
        let arguments = query.take_arguments();
        Self { sql: query.sql(), statement, arguments, is_persistent }
    }

    pub(super) fn text(&self) -> &str {
        self.sql.as_str()
    }
}

impl<DB: Database> Execute<'_, DB> for Told<DB> {
    fn sql(self) -> SqlStr {
        self.sql
    }

    fn statement(&self) -> Option<&DB::Statement> {
        self.statement.as_ref()
    }

    fn take_arguments(&mut self) -> Result<Option<DB::Arguments>, BoxDynError> {
        std::mem::replace(&mut self.arguments, Ok(None))
    }

    fn persistent(&self) -> bool {
        self.is_persistent
    }
}
