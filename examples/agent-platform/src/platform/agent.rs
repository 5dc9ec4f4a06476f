//! The platform's agents, each a row of tools.

use super::toolbox::{self, Tool};

/// An agent: the tools that it uses, one after the other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Agent {
    pub(crate) id: &'static str,
    pub(super) action: &'static str,
    tools: &'static [&'static str],
}

/// The agents. The second always fails.
pub(crate) const AGENTS: [Agent; 2] = [
    Agent { id: "reviewer", action: "review", tools: &["word-count", "report"] },
    Agent { id: "fixer", action: "fix", tools: &["word-count", "failing"] },
];

/// The agent of that name.
pub(super) fn find(id: &str) -> Option<Agent> {
    AGENTS.into_iter().find(|agent| agent.id == id)
}

impl Agent {
    pub(super) fn tools(self) -> impl Iterator<Item = Tool> + Send {
        self.tools.iter().filter_map(|id| toolbox::find(id))
    }
}
