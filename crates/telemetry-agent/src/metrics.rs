//! What is measured of projects, agents, tasks, sessions and tools.

use telemetry_core::{Catalogue, Counter, Histogram, Label, Metrics, ObservableGauge};

/// Every metric of this crate.
pub const CATALOGUE: Catalogue = Catalogue::new(
    env!("CARGO_PKG_NAME"),
    &[
        PlatformMetrics::CATALOGUE,
        ProjectGauges::CATALOGUE,
        ProjectMetrics::CATALOGUE,
        RejectionMetrics::CATALOGUE,
        AgentGauges::CATALOGUE,
        RunGauges::CATALOGUE,
        AgentMetrics::CATALOGUE,
        ToolMetrics::CATALOGUE,
        SessionGauges::CATALOGUE,
        SessionMetrics::CATALOGUE,
    ],
);

/// What is measured of the platform as a whole.
#[derive(Metrics)]
#[metrics(scope = "telemetry.agent", entity())]
pub struct PlatformMetrics {
    /// Projects created
    #[metric(name = "agentpane_projects_total")]
    pub projects: Counter,
}

/// What there is in one project.
#[derive(Metrics)]
#[metrics(scope = "telemetry.agent", entity(project_id))]
pub struct ProjectGauges {
    /// Agents by project and status
    #[metric(name = "agentpane_agents_total")]
    pub agents: ObservableGauge<AgentStatus>,
    /// Running agents by project
    #[metric(name = "agentpane_agents_running")]
    pub running: ObservableGauge,
    /// Concurrent agents that the project allows
    #[metric(name = "agentpane_project_max_concurrent_agents")]
    pub max_concurrent: ObservableGauge,
    /// Tasks by project and column
    #[metric(name = "agentpane_tasks_total")]
    pub tasks: ObservableGauge<Column>,
    /// Tasks waiting in the queue
    #[metric(name = "agentpane_queue_depth")]
    pub queue: ObservableGauge,
    /// Active sessions
    #[metric(name = "agentpane_sessions_active")]
    pub sessions: ObservableGauge,
}

/// What is measured of one project.
#[derive(Metrics)]
#[metrics(scope = "telemetry.agent", entity(project_id))]
pub struct ProjectMetrics {
    /// Tasks created
    #[metric(name = "agentpane_tasks_created_total")]
    pub tasks_created: Counter,
    /// Tasks started
    #[metric(name = "agentpane_tasks_started_total")]
    pub tasks_started: Counter,
    /// Tasks moved to the verified column
    #[metric(name = "agentpane_tasks_completed_total")]
    pub tasks_completed: Counter,
    /// Time from task creation to completion
    #[metric(
        name = "agentpane_task_duration_seconds",
        unit = "s",
        buckets = [60.0, 300.0, 600.0, 1800.0, 3600.0, 7200.0, 14400.0]
    )]
    pub task_duration: Histogram,
    /// Turns that a task took
    #[metric(
        name = "agentpane_agent_turns_per_task",
        buckets = [5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0]
    )]
    pub turns_per_task: Histogram,
    /// Cost in US dollars of a task from its start to its completion, all its runs together
    #[metric(
        name = "agentpane_task_cost_usd",
        buckets = [0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0, 50.0, 100.0]
    )]
    pub task_cost: Histogram,
    /// Time tasks wait in the queue
    #[metric(
        name = "agentpane_queue_wait_seconds",
        unit = "s",
        buckets = [30.0, 60.0, 120.0, 300.0, 600.0, 1800.0]
    )]
    pub queue_wait: Histogram,
    /// Approvals by outcome
    #[metric(name = "agentpane_approvals_total")]
    pub approvals: Counter<ApprovalOutcome>,
    /// Time waiting for approval
    #[metric(
        name = "agentpane_approval_wait_seconds",
        unit = "s",
        buckets = [60.0, 300.0, 900.0, 1800.0, 3600.0, 7200.0, 14400.0]
    )]
    pub approval_wait: Histogram,
}

/// What is measured of the rejections of one task.
#[derive(Metrics)]
#[metrics(scope = "telemetry.agent", entity(project_id, task_id(detail)))]
pub struct RejectionMetrics {
    /// Task rejections (approval failures)
    #[metric(name = "agentpane_task_rejections_total")]
    pub rejections: Counter,
}

/// What an agent is doing.
#[derive(Metrics)]
#[metrics(scope = "telemetry.agent", entity(project_id, agent_id))]
pub struct AgentGauges {
    /// 1 for the status that the agent is in
    #[metric(name = "agentpane_agent_status")]
    pub status: ObservableGauge<AgentStatus>,
}

/// How far an agent is that has a run under way.
#[derive(Metrics)]
#[metrics(scope = "telemetry.agent", entity(project_id, agent_id))]
pub struct RunGauges {
    /// Turn that the running agent is in
    #[metric(name = "agentpane_agent_current_turn")]
    pub current_turn: ObservableGauge,
    /// Turn limit of the running agent
    #[metric(name = "agentpane_agent_max_turns")]
    pub max_turns: ObservableGauge,
    /// Unix time of the running agent's last activity
    #[metric(name = "agentpane_agent_last_activity_timestamp")]
    pub last_activity: ObservableGauge,
}

/// What is measured of one agent.
#[derive(Metrics)]
#[metrics(scope = "telemetry.agent", entity(project_id, agent_id))]
pub struct AgentMetrics {
    /// Agent runs by their end
    #[metric(name = "agentpane_agent_runs_total")]
    pub runs: Counter<RunStatus>,
    /// Agent turns
    #[metric(name = "agentpane_agent_turns_total")]
    pub turns: Counter,
    /// Cost in US dollars of the model calls made under an agent's runs
    #[metric(name = "agentpane_agent_cost_usd_total")]
    pub cost: Counter<(), f64>,
    /// Tokens of the model calls made under an agent's runs
    #[metric(name = "agentpane_agent_tokens_total")]
    pub tokens: Counter<TokenType>,
}

/// What is measured of one tool of one agent.
#[derive(Metrics)]
#[metrics(scope = "telemetry.agent", entity(agent_id, tool))]
pub struct ToolMetrics {
    /// Tool calls of agents
    #[metric(name = "agentpane_tool_calls_total")]
    pub calls: Counter<ToolStatus>,
    /// Tool execution duration
    #[metric(
        name = "agentpane_tool_duration_seconds",
        unit = "s",
        buckets = [0.01, 0.05, 0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0]
    )]
    pub duration: Histogram,
}

/// What there is in one session.
#[derive(Metrics)]
#[metrics(scope = "telemetry.agent", entity(session_id))]
pub struct SessionGauges {
    /// Participants of an active session
    #[metric(name = "agentpane_session_participants")]
    pub participants: ObservableGauge,
}

/// What is measured of one type of event of one session.
#[derive(Metrics)]
#[metrics(scope = "telemetry.agent", entity(session_id(detail), event_type))]
pub struct SessionMetrics {
    /// Events published to sessions
    #[metric(name = "agentpane_session_events_total")]
    pub events: Counter,
}

/// What an agent is doing.
#[derive(Label, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[label(name = "status")]
pub enum AgentStatus {
    /// Nothing: it waits for work.
    Idle,
    /// A run of it is being made ready.
    Starting,
    /// A run of it is under way.
    Running,
    /// Its run waits for somebody, a person as a rule.
    Paused,
    /// Its last run failed, or came to its turn limit.
    Error,
    /// Its last run did what it was asked to.
    Completed,
}

/// How an agent's run ended.
#[derive(Label, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[label(name = "status")]
pub enum RunStatus {
    /// It did what it was asked to.
    Completed,
    /// It failed, or panicked.
    Failed,
    /// It was given up: its guard was dropped unfinished, or it was cancelled on request.
    Cancelled,
    /// It came to its turn limit.
    TurnLimit,
}

/// Where a task stands.
#[derive(Label, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[label(name = "column")]
pub enum Column {
    /// It is to be done.
    Backlog,
    /// It is being done.
    InProgress,
    /// It is done, and somebody has to look at it.
    WaitingApproval,
    /// It is done and approved.
    Verified,
}

/// What somebody said of a task that waited for approval.
#[derive(Label, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[label(name = "outcome")]
pub enum ApprovalOutcome {
    /// It is done.
    Approved,
    /// It has to be done again.
    Rejected,
}

/// How an agent's call of a tool ended.
#[derive(Label, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[label(name = "status")]
pub enum ToolStatus {
    /// The tool did what it was asked to.
    Success,
    /// The tool failed.
    Error,
    /// The agent was not allowed to call it.
    Denied,
}

/// What tokens are of.
#[derive(Label, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[label(name = "type")]
pub enum TokenType {
    /// A prompt.
    Prompt,
    /// What a model answered.
    Completion,
}
