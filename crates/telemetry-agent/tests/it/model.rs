//! A naive model of what there is: it keeps everything in lists, and counts them whenever it is asked.

use std::collections::{BTreeMap, BTreeSet};

use telemetry_agent::labels::{AgentStatus, Column};
use telemetry_core::Label as _;

/// Series by name and labels.
pub(crate) type Series = BTreeMap<String, f64>;

/// What a run is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum At {
    Starting,
    Running,
    Paused,
}

#[derive(Debug, Clone)]
pub(crate) struct ModelTask {
    pub(crate) number: usize,
    pub(crate) id: String,
    pub(crate) column: Column,
    pub(crate) is_started: bool,
    pub(crate) is_queued: bool,
}

#[derive(Debug, Default)]
pub(crate) struct ModelProject {
    pub(crate) id: String,
    pub(crate) tasks: Vec<ModelTask>,
    /// By id, who takes part, once for each connection: its number and the user.
    pub(crate) sessions: BTreeMap<String, Vec<(usize, String)>>,
    pub(crate) max: Option<u32>,
}

#[derive(Debug, Clone)]
pub(crate) struct ModelRun {
    pub(crate) project: usize,
    pub(crate) agent: String,
    pub(crate) at: At,
    pub(crate) turns: u32,
    pub(crate) task: Option<usize>,
    /// All tasks that a cost in it is told to.
    pub(crate) paying: BTreeSet<usize>,
}

/// Everything there is or was.
#[derive(Debug, Default)]
pub(crate) struct Model {
    /// Projects by their number; those that are there have an id in `ids`.
    pub(crate) projects: Vec<ModelProject>,
    pub(crate) ids: BTreeMap<String, usize>,
    /// Handles of agents: project and agent.
    pub(crate) held: Vec<(usize, String)>,
    pub(crate) runs: Vec<ModelRun>,
    /// What an agent is at without a run.
    rests: BTreeMap<(usize, String), AgentStatus>,
    /// Which turn was the last of an agent that has runs.
    turns: BTreeMap<(usize, String), u32>,
    /// Of each task that ever was: its turns, and its cost in cents if there is one.
    pub(crate) task_turns: Vec<u32>,
    pub(crate) task_cents: Vec<Option<u64>>,
    pub(crate) counters: Series,
}

impl Model {
    pub(crate) fn count(&mut self, name: &str, labels: &[(&str, &str)], by: f64) {
        *self.counters.entry(key(name, labels)).or_insert(0.0) += by;
    }

    pub(crate) fn id_of(&self, project: usize) -> String {
        self.projects[project].id.clone()
    }

    pub(crate) fn is_there(&self, project: usize) -> bool {
        self.ids.values().any(|there| *there == project)
    }

    pub(crate) fn task_mut(&mut self, number: usize) -> Option<(usize, &mut ModelTask)> {
        let projects = self.projects.iter_mut().enumerate();
        projects
            .flat_map(|(place, project)| project.tasks.iter_mut().map(move |task| (place, task)))
            .find(|(_, task)| task.number == number)
    }

    pub(crate) fn move_task(&mut self, number: usize, to: Column) -> bool {
        let (turns, cents) = (self.task_turns[number], self.task_cents[number]);
        let Some((project, task)) = self.task_mut(number) else { return false };
        if task.column == to {
            return false;
        }
        let (was_queued, from) = (task.is_queued, task.column);
        if from == Column::Verified {
            task.is_started = false;
        }
        let starts = to == Column::InProgress && !task.is_started;
        task.is_started |= starts;
        task.column = to;
        task.is_queued = false;
        let id = self.id_of(project);
        let labels = [("project_id", &*id)];
        if starts {
            self.count("agentpane_tasks_started_total", &labels, 1.0);
        }
        if was_queued && to == Column::InProgress {
            self.count("agentpane_queue_wait_seconds", &labels, 1.0);
        }
        if to == Column::Verified {
            self.count("agentpane_tasks_completed_total", &labels, 1.0);
            self.count("agentpane_task_duration_seconds", &labels, 1.0);
            self.count("agentpane_agent_turns_per_task", &labels, 1.0);
            self.count("sum of agentpane_agent_turns_per_task", &labels, f64::from(turns));
            if let Some(cents) = cents {
                self.count("agentpane_task_cost_usd", &labels, 1.0);
                self.count("sum of agentpane_task_cost_usd", &labels, cents as f64 / 100.0);
            }
        }
        true
    }

    pub(crate) fn rest(&mut self, project: usize, agent: &str, status: AgentStatus) {
        if self.is_there(project) && self.has_agent(project, agent) {
            self.rests.insert((project, agent.to_owned()), status);
        }
    }

    fn has_agent(&self, project: usize, agent: &str) -> bool {
        let held = self.held.iter().any(|(at, id)| *at == project && id == agent);
        held || self.has_run(project, agent)
    }

    /// An agent is in that turn of one of its runs.
    pub(crate) fn at_turn(&mut self, project: usize, agent: &str, turn: u32) {
        self.turns.insert((project, agent.to_owned()), turn);
    }

    fn has_run(&self, project: usize, agent: &str) -> bool {
        self.runs.iter().any(|run| run.project == project && run.agent == agent)
    }

    /// Forgets how agents rest that are not there any more, and the turns of those that have no run.
    pub(crate) fn forget(&mut self) {
        let turns = std::mem::take(&mut self.turns).into_iter();
        self.turns = turns.filter(|((project, agent), _)| self.has_run(*project, agent)).collect();
        let gone: Vec<_> =
            self.rests.keys().filter(|(project, agent)| !self.has_agent(*project, agent)).cloned().collect();
        for agent in gone {
            self.rests.remove(&agent);
        }
    }

    pub(crate) fn status(&self, project: usize, agent: &str) -> AgentStatus {
        let runs = || self.runs.iter().filter(|run| run.project == project && run.agent == agent);
        for (at, status) in [
            (At::Running, AgentStatus::Running),
            (At::Starting, AgentStatus::Starting),
            (At::Paused, AgentStatus::Paused),
        ] {
            if runs().any(|run| run.at == at) {
                return status;
            }
        }
        self.rests.get(&(project, agent.to_owned())).copied().unwrap_or(AgentStatus::Idle)
    }

    pub(crate) fn agents(&self, project: usize) -> BTreeSet<String> {
        let held = self.held.iter().filter(|(at, _)| *at == project).map(|(_, agent)| agent.clone());
        held.chain(self.runs.iter().filter(|run| run.project == project).map(|run| run.agent.clone())).collect()
    }

    pub(crate) fn runs_of(&self, project: usize) -> u32 {
        self.runs.iter().filter(|run| run.project == project).count() as u32
    }

    /// The gauges, counted from scratch.
    pub(crate) fn gauges(&self) -> Series {
        let mut series = Series::new();
        for (id, &place) in &self.ids {
            let project = &self.projects[place];
            let mut put = |name: &str, label: Option<(&str, &str)>, value: usize| {
                let labels: Vec<_> = [("project_id", id.as_str())].into_iter().chain(label).collect();
                series.insert(key(name, &labels), value as f64);
            };
            let statuses: Vec<_> = self.agents(place).iter().map(|agent| self.status(place, agent)).collect();
            for status in AgentStatus::ALL {
                let count = statuses.iter().filter(|other| *other == status).count();
                put("agentpane_agents_total", Some(("status", status.as_str())), count);
                if *status == AgentStatus::Running {
                    put("agentpane_agents_running", None, count);
                }
            }
            for column in Column::ALL {
                let count = project.tasks.iter().filter(|task| task.column == *column).count();
                put("agentpane_tasks_total", Some(("column", column.as_str())), count);
            }
            put("agentpane_queue_depth", None, project.tasks.iter().filter(|task| task.is_queued).count());
            put("agentpane_sessions_active", None, project.sessions.len());
            if let Some(max) = project.max {
                put("agentpane_project_max_concurrent_agents", None, max as usize);
            }
            for agent in self.agents(place) {
                let status = self.status(place, &agent);
                let labels = [("project_id", id.as_str()), ("agent_id", agent.as_str())];
                let with_status = [labels[0], labels[1], ("status", status.as_str())];
                series.insert(key("agentpane_agent_status", &with_status), 1.0);
                if let Some(turn) = self.turns.get(&(place, agent.clone())) {
                    series.insert(key("agentpane_agent_current_turn", &labels), f64::from(*turn));
                    if status != AgentStatus::Paused {
                        series.insert(key("agentpane_agent_last_activity_timestamp", &labels), 1.0);
                    }
                }
            }
            for (session, connections) in &project.sessions {
                let users: BTreeSet<_> = connections.iter().map(|(_, user)| user).collect();
                let labels = [("session_id", session.as_str())];
                series.insert(key("agentpane_session_participants", &labels), users.len() as f64);
            }
        }
        series
    }
}

/// A series' name and labels, in their order.
pub(crate) fn key(name: &str, labels: &[(&str, &str)]) -> String {
    let labels: BTreeMap<_, _> = labels.iter().copied().collect();
    format!("{name}{labels:?}")
}
