//! What an error of sqlx's is: of few words, and without what the database was given.

use sqlx::Error;

use crate::query::QueryGuard;

/// Ends a query as what its error says.
///
/// What a database says quotes values (`invalid input syntax for type integer: "hunter2"`), and so may what a value cannot be
/// read as: of both the code or the class is told. What is told besides is why a server was not reached.
pub(super) fn end(query: QueryGuard, error: &Error) {
    match error {
        Error::Database(error) => match error.code().filter(|code| is_code(code)) {
            Some(code) => query.fail_with_code(&code),
            None => query.fail("database"),
        },
        Error::PoolTimedOut => query.fail("pool_timeout"),
        Error::Io(_) | Error::Tls(_) => query.because(error).fail(class(error)),
        _ => query.fail(class(error)),
    }
}

const fn class(error: &Error) -> &'static str {
    match error {
        Error::Configuration(_) => "configuration",
        Error::InvalidArgument(_) | Error::Encode(_) => "argument",
        Error::Io(_) => "connection",
        Error::Tls(_) => "tls",
        Error::Protocol(_) => "protocol",
        Error::RowNotFound => "row_not_found",
        Error::TypeNotFound { .. } => "type_not_found",
        Error::ColumnIndexOutOfBounds { .. }
        | Error::ColumnNotFound(_)
        | Error::ColumnDecode { .. }
        | Error::Decode(_)
        | Error::AnyDriverError(_) => "decode",
        Error::PoolClosed => "pool_closed",
        Error::WorkerCrashed => "worker_crashed",
        Error::BeginFailed | Error::InvalidSavePointStatement => "transaction",
        _ => "other",
    }
}

/// Whether it is a code: `23505`, `1555`, `HY000`. Extensions of a server may raise any.
fn is_code(code: &str) -> bool {
    (1..=16).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
