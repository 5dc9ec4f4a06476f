//! Which database management system it is, as the semantic conventions name it.

use telemetry_core::Label;

/// The database management system: `db.system.name` of the OpenTelemetry semantic conventions. It also says how the text of
/// a statement is read.
#[derive(Label, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[label(name = "db.system.name")]
#[non_exhaustive]
pub enum System {
    /// SQLite.
    #[label(value = "sqlite")]
    Sqlite,
    /// PostgreSQL, and what speaks its language.
    #[label(value = "postgresql")]
    PostgreSql,
    /// MySQL.
    #[label(value = "mysql")]
    MySql,
    /// MariaDB.
    #[label(value = "mariadb")]
    MariaDb,
    /// Microsoft SQL Server.
    #[label(value = "microsoft.sql_server")]
    SqlServer,
    /// Any other that is asked in SQL.
    #[label(value = "other_sql")]
    Other,
}
