//! The parts of the OpenTelemetry semantic conventions that can be asked for.

/// A part of the conventions that an application can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

    /// The name in settings.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GenAi => "gen_ai",
            Self::Mcp => "mcp",
            Self::Http => "http",
            Self::Db => "db",
        }
    }
}
