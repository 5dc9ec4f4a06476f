//! What is kept of a statement.

use std::sync::Arc;

use crate::metrics::DbOperation;
use crate::tables::UNKNOWN;

/// What is known of a statement by its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Statement {
    pub(crate) operation: DbOperation,
    /// The word that its operation is written with; empty where that is not known.
    pub(crate) keyword: &'static str,
    /// The main table as it is written, without quotes, or what stands in its place.
    pub(crate) table: Box<str>,
    /// Whether it is about no other table.
    pub(crate) is_only_table: bool,
    /// The text without its literals, if it is wanted.
    pub(crate) text: Option<Arc<str>>,
}

impl Statement {
    /// One whose text cannot be read.
    pub(crate) fn unknown() -> Self {
        Self { operation: DbOperation::Other, keyword: "", table: UNKNOWN.into(), is_only_table: false, text: None }
    }

    /// How many bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>() + self.table.len() + self.text.as_ref().map_or(0, |text| text.len())
    }
}
