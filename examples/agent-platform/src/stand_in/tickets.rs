//! The project on whose board tasks are put, who works there, and how each kind of task goes.

use crate::platform::board::{AgentPlan, ProjectPlan};

/// The project.
pub(crate) const PROJECT: &str = "storefront";
/// Where sessions are held.
pub(crate) const SESSIONS: &str = "studio";

/// A kind of task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ticket {
    /// What the ids of its tasks begin with, and what the model makes of it (`script.rs`).
    pub(crate) kind: &'static str,
    /// Who works on it.
    pub(crate) agent: &'static str,
    pub(crate) life: Life,
}

/// How a task goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Life {
    /// It is done, while somebody looks on, and approved.
    Approved,
    /// It is rejected, done again, and then approved.
    ApprovedAtLast,
    /// Its agent comes to the turn limit, and it is rejected.
    Rejected,
    /// Its agent fails.
    Failed,
    /// Whoever waits for the agent hangs up when it calls a tool.
    LeftAtTool,
    /// It gets no worktree: its branch is there already.
    NotCreated,
    /// Nobody has put it on the board.
    Missing,
}

const fn ticket(kind: &'static str, agent: &'static str, life: Life) -> Ticket {
    Ticket { kind, agent, life }
}

/// Tasks that come to their end, one way or the other.
pub(crate) const GOOD_TICKETS: [Ticket; 3] = [
    ticket("feature", "coder", Life::Approved),
    ticket("sloppy", "coder", Life::ApprovedAtLast),
    ticket("endless", "tester", Life::Rejected),
];

/// Tasks that go wrong.
pub(crate) const BAD_TICKETS: [Ticket; 4] = [
    ticket("broken", "mender", Life::Failed),
    ticket("abandoned", "drifter", Life::LeftAtTool),
    ticket(TAKEN, "coder", Life::NotCreated),
    ticket("missing", "coder", Life::Missing),
];

/// A task that is worked on for as long as the load lasts.
pub(crate) const RESIDENT: Ticket = ticket("resident", "watcher", Life::Approved);

/// The one whose branch there is already.
pub(super) const TAKEN: &str = "taken";

/// The projects as the platform knows them.
pub(crate) fn projects() -> [ProjectPlan; 1] {
    let agent = |id: &str, deployment: &str, tools: &[&str], max_turns| AgentPlan {
        id: id.to_owned(),
        deployment: deployment.to_owned(),
        tools: tools.iter().map(|tool| (*tool).to_owned()).collect(),
        max_turns,
    };
    let agents = vec![
        agent("coder", "chat", &["word-count", "read-file", "search"], 20),
        agent("tester", "chat", &["heedless"], 5),
        agent("mender", "chat", &["failing"], 20),
        agent("drifter", "chat", &["slow"], 20),
        agent("watcher", "chat-patient", &["word-count"], 20),
    ];
    [ProjectPlan { id: PROJECT.to_owned(), max_concurrent: 12, agents }]
}
