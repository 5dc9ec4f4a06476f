//! What the runs of an agent spend, for the agent's metrics.

use std::sync::Arc;

use telemetry_core::scope::{Ledger, Reach, Spent};
use telemetry_core::{EntityId, Lease};

use crate::activity::Activity;
use crate::inner::Inner;
use crate::metrics::{AgentMetrics, TokenType};
use crate::spending::Spending;

/// What one run spends.
pub(crate) struct RunLedger {
    pub(crate) inner: Lease<Inner>,
    pub(crate) agent: EntityId<AgentMetrics>,
    pub(crate) activity: Arc<Activity>,
    pub(crate) own: Spending,
}

impl Ledger for RunLedger {
    fn kind(&self) -> &'static str {
        "agent"
    }

    /// What a sub-agent spends counts for the sub-agent, so that the agents of a project add up to what was spent.
    fn spent(&self, spent: &Spent, reach: Reach) {
        self.activity.touch();
        if reach == Reach::Inner {
            return;
        }
        let metrics: &Arc<AgentMetrics> = self.inner.agents.at(self.agent);
        for (kind, tokens) in
            [(TokenType::Prompt, spent.prompt_tokens()), (TokenType::Completion, spent.completion_tokens())]
        {
            if tokens > 0 {
                metrics.tokens.at(kind).add(tokens);
            }
        }
        if let Some(usd) = spent.cost_usd() {
            metrics.cost.add(usd);
            self.own.add(usd);
        }
    }
}
