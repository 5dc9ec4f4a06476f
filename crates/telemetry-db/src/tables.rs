//! What stands in the place of a table's name where there is no one name.

/// The table of a statement that could not be read.
pub const UNKNOWN: &str = "_unknown";
/// The table of a statement that names none, such as `SELECT 1` or `COMMIT`.
pub const NONE: &str = "_none";
/// The table of a text whose statements are about different tables.
pub const SEVERAL: &str = "_several";

/// All of them, which no table's name is.
pub(crate) const STAND_INS: [&str; 3] = [UNKNOWN, NONE, SEVERAL];

/// Whether a table is named, as far as the application's own names go.
pub(crate) fn is_named(table: &str) -> bool {
    !table.is_empty() && !STAND_INS.contains(&table)
}
