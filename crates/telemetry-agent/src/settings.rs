//! What holds for all projects and runs unless one says otherwise.

use std::time::Duration;

use telemetry_core::Settings;

/// What holds for all projects and runs unless one says otherwise.
#[derive(Settings, Debug, Clone, PartialEq)]
#[settings(key = "agent", env = "TELEMETRY_AGENT", title = "Agents")]
pub struct AgentSettings {
    /// How many agents of a project may run at once unless the project says otherwise. A start beyond that is refused
    /// where the application asks (`try_start`), and is counted as `CONCURRENCY_LIMIT_EXCEEDED` in any case.
    #[setting(accepts = 1..=1_000_000, example = "3", unset = "as many as there are")]
    pub max_concurrent: Option<u32>,
    /// How many turns a run may have unless the run says otherwise. Whoever runs the agent keeps to it: here it is
    /// what `try_turn` refuses beyond, and what the warning and the metric `agentpane_agent_max_turns` tell of.
    #[setting(accepts = 1..=1_000_000, example = "50", unset = "as many as it takes")]
    pub max_turns: Option<u32>,
    /// The share of its turn limit at which a run is warned of once, in the log.
    #[setting(default = 0.8, accepts = 0.0..=1.0)]
    pub turn_limit_warning: f64,
    /// How long somebody who takes part in a session may go unseen until they are told of as stale.
    #[setting(default = "1min", accepts = "1s"..="24h")]
    pub presence_timeout: Duration,
}
