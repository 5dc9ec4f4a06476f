//! Who measures, and what carries the messages.

use telemetry_core::Label;

/// What carries the messages, for spans and the conventions' metrics (`network.transport`).
#[derive(Label, Debug, Clone, Copy, PartialEq, Eq)]
#[label(name = "network.transport")]
pub enum Network {
    /// The standard input and output of a child process.
    Pipe,
    /// HTTP.
    Tcp,
}

/// Who measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// Who calls the tool.
    Client,
    /// Who runs it.
    Server,
}

impl Side {
    /// The span's kind.
    pub(crate) const fn kind(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
        }
    }
}
