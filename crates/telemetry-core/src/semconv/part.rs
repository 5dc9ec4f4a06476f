//! The parts of the OpenTelemetry semantic conventions that can be asked for.

use crate::Choice;

/// A part of the conventions that an application can ask for.
#[derive(Choice, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Semconv {
    /// `gen_ai.*`.
    GenAi,
    /// `mcp.*`.
    Mcp,
    /// `http.*`.
    Http,
    /// `db.*`.
    Db,
}

impl Semconv {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::GenAi, Self::Mcp, Self::Http, Self::Db];
}
