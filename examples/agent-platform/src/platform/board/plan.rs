//! Which projects there are, and which agents each of them has: the board's configuration.

/// A project, and who works in it.
#[derive(Debug, Clone)]
pub(crate) struct ProjectPlan {
    pub(crate) id: String,
    /// How many agents may run at once; further tasks wait in the queue.
    pub(crate) max_concurrent: u32,
    pub(crate) agents: Vec<AgentPlan>,
}

/// An agent that works on tasks: a model, and the tools that it may call.
#[derive(Debug, Clone)]
pub(crate) struct AgentPlan {
    pub(crate) id: String,
    /// The deployment that it asks.
    pub(crate) deployment: String,
    /// What it may call: tools of the toolbox, and of MCP servers.
    pub(crate) tools: Vec<String>,
    /// How many turns a run may have.
    pub(crate) max_turns: u32,
}
