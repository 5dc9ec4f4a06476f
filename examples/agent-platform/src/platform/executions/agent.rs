//! What an agent is to the platform: a row of tools.

/// An agent: the tools that it uses, one after the other.
#[derive(Debug, Clone)]
pub(crate) struct Agent {
    pub(crate) id: String,
    pub(crate) action: String,
    /// The ids of its tools.
    pub(crate) tools: Vec<String>,
}
