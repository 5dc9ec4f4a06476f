//! What there is, and a naive model that is told the same: projects and tasks.

use std::time::SystemTime;

use telemetry_agent::labels::Column;
use telemetry_agent::{Agent, Agents, Participant, Project, Refused, RestoredTask, Run, Task};
use telemetry_core::Label as _;
use telemetry_testkit::TestTelemetry;

use crate::model::{Model, ModelProject, ModelTask, Series, key};
use crate::ops::Op;

/// What there is, with what a model says of it.
pub(crate) struct World {
    agents: Agents,
    /// What the ids of its agents, tasks and sessions begin with, so that another one is of others.
    prefix: &'static str,
    pub(crate) model: Model,
    pub(crate) projects: Vec<Project>,
    pub(crate) held: Vec<Agent>,
    pub(crate) runs: Vec<Run>,
    pub(crate) participants: Vec<(usize, Participant)>,
    pub(crate) joined: usize,
}

/// The name of a thing by its number.
pub(crate) fn id(kind: &str, number: usize) -> String {
    format!("{kind}{number}")
}

/// One of so many, by whatever number.
pub(crate) fn one_of<T>(all: &[T], number: usize) -> Option<usize> {
    (!all.is_empty()).then(|| number % all.len())
}

impl World {
    pub(crate) fn new(agents: &Agents, prefix: &'static str) -> Self {
        Self {
            agents: agents.clone(),
            prefix,
            model: Model::default(),
            projects: Vec::new(),
            held: Vec::new(),
            runs: Vec::new(),
            participants: Vec::new(),
            joined: 0,
        }
    }

    /// The name of an agent, a task or a session of its own.
    pub(crate) fn own(&self, kind: &str, number: usize) -> String {
        format!("{}{}", self.prefix, id(kind, number))
    }

    /// The newest project of that id, there or not.
    pub(crate) fn project(&self, number: usize) -> Option<usize> {
        let id = id("p", number);
        self.model.projects.iter().rposition(|project| project.id == id)
    }

    fn enter(&mut self, project: Project, is_created: bool) {
        let id = project.id().to_owned();
        if self.model.ids.contains_key(&id) {
            return;
        }
        if is_created {
            self.model.count("agentpane_projects_total", &[], 1.0);
        }
        self.model.ids.insert(id.clone(), self.projects.len());
        self.model.projects.push(ModelProject { id, ..ModelProject::default() });
        self.projects.push(project);
    }

    /// A task that is there, with its number in the model.
    pub(crate) fn task(&self, project: usize, number: usize) -> Option<(Task, usize)> {
        let project = self.project(project)?;
        let id = self.own("t", number);
        let task = self.projects[project].task(&id);
        let known = self.model.projects[project].tasks.iter().find(|task| task.id == id);
        assert_eq!(task.is_some(), known.is_some(), "{id}");
        Some((task?, known?.number))
    }

    fn enter_task(&mut self, project: usize, task: ModelTask) {
        self.model.projects[project].tasks.push(task);
        self.model.task_turns.push(0);
        self.model.task_cents.push(None);
    }

    pub(crate) fn apply(&mut self, op: Op) {
        match op {
            Op::CreateProject(number) => {
                let project = self.agents.create_project(&id("p", number));
                self.enter(project, true);
            }
            Op::RestoreProject(number) => {
                let project = self.agents.restore_project(&id("p", number));
                self.enter(project, false);
            }
            Op::RemoveProject(number) => self.remove_project(number),
            Op::Limit(number, max) => {
                let Some(project) = self.project(number) else { return };
                self.projects[project].set_max_concurrent(max);
                self.model.projects[project].max = max;
            }
            Op::CreateTask(..) | Op::RestoreTask(..) => self.make_task(&op),
            Op::Move(..) | Op::TryMove(..) | Op::Decide(..) => self.move_task(&op),
            Op::Enqueue(..) | Op::Dequeue(..) | Op::RemoveTask(..) => self.change_task(&op),
            Op::Hold(..) | Op::LetGo(_) | Op::Rest(..) => self.hold(&op),
            Op::Start { project, agent, task, within, ready, asks } => {
                let started = self.start(project, agent, task, within, ready, asks);
                let _no_such_project = started.is_none();
            }
            Op::Turn(_) | Op::Pause(_) | Op::Resume(_) | Op::Spend(..) | Op::Tool(..) | Op::End(..) => {
                let _no_such_run = self.go_on(&op).is_none();
            }
            Op::CreateSession(..) | Op::EndSession(..) | Op::Join(..) | Op::Leave(_) | Op::Event(..) => {
                let _no_such_session = self.meet(&op).is_none();
            }
        }
        self.model.forget();
    }

    fn remove_project(&mut self, number: usize) {
        let Some(project) = self.project(number) else { return };
        let was_there = self.model.ids.remove(&id("p", number)).is_some();
        assert_eq!(self.projects[project].try_remove().is_ok(), was_there);
        let ended = &mut self.model.projects[project];
        ended.tasks.clear();
        ended.sessions.clear();
        ended.max = None;
    }

    fn make_task(&mut self, op: &Op) {
        let (Op::CreateTask(number, task) | Op::RestoreTask(number, task, ..)) = *op else { return };
        let Some(project) = self.project(number) else { return };
        let (is_there, task_id) = (self.model.is_there(project), self.own("t", task));
        let is_known = self.model.projects[project].tasks.iter().any(|task| task.id == task_id);
        let (column, is_queued, is_created) = match *op {
            Op::RestoreTask(_, _, column, is_queued) => (Column::ALL[column], is_queued, false),
            _ => (Column::Backlog, false, true),
        };
        if is_created {
            let made = self.projects[project].try_create_task(&task_id).map(|_| ());
            let expected = if !is_there {
                Err(Refused::Gone)
            } else if is_known {
                Err(Refused::Exists)
            } else {
                Ok(())
            };
            assert_eq!(made, expected);
        } else {
            let restored = RestoredTask::new(column);
            let now = SystemTime::now();
            let restored = if is_queued { restored.queued_at(now) } else { restored };
            self.projects[project].restore_task(&task_id, restored);
        }
        if !is_there || is_known {
            return;
        }
        if is_created {
            let of_project = self.model.id_of(project);
            self.model.count("agentpane_tasks_created_total", &[("project_id", &of_project)], 1.0);
        }
        let number = self.model.task_turns.len();
        let waits = matches!(column, Column::Backlog | Column::InProgress);
        let is_started = column != Column::Backlog;
        self.enter_task(project, ModelTask { number, id: task_id, column, is_started, is_queued: is_queued && waits });
    }

    fn move_task(&mut self, op: &Op) {
        let (Op::Move(project, task, _) | Op::TryMove(project, task, _) | Op::Decide(project, task, _)) = *op else {
            return;
        };
        let Some((task, number)) = self.task(project, task) else { return };
        let from = task.column().expect("it is there");
        match *op {
            Op::Move(_, _, to) => {
                task.move_to(Column::ALL[to]);
                self.model.move_task(number, Column::ALL[to]);
            }
            Op::TryMove(_, _, to) => {
                let to = Column::ALL[to];
                let moved = task.try_move_to(to);
                assert_eq!(moved.is_ok(), from.may_become(to));
                if moved.is_ok() {
                    self.model.move_task(number, to);
                }
            }
            Op::Decide(_, _, yes) => {
                let decided = if yes { task.try_approve("ada") } else { task.try_reject("ada") };
                assert_eq!(decided.is_ok(), from == Column::WaitingApproval);
                if decided.is_ok() {
                    let project = self.project(project).map(|project| self.model.id_of(project)).unwrap_or_default();
                    let of_project = [("project_id", &*project)];
                    let outcome = if yes { "approved" } else { "rejected" };
                    self.model.count("agentpane_approvals_total", &[of_project[0], ("outcome", outcome)], 1.0);
                    self.model.count("agentpane_approval_wait_seconds", &of_project, 1.0);
                    if !yes {
                        self.model.count("agentpane_task_rejections_total", &of_project, 1.0);
                    }
                    self.model.move_task(number, if yes { Column::Verified } else { Column::InProgress });
                }
            }
            _ => {}
        }
    }

    fn change_task(&mut self, op: &Op) {
        let (Op::Enqueue(project, task) | Op::Dequeue(project, task) | Op::RemoveTask(project, task)) = *op else {
            return;
        };
        let Some((task, number)) = self.task(project, task) else { return };
        let Some((place, known)) = self.model.task_mut(number) else { return };
        match op {
            Op::Enqueue(..) => {
                let may = !known.is_queued && matches!(known.column, Column::Backlog | Column::InProgress);
                assert_eq!(task.try_enqueue().is_ok(), may);
                known.is_queued |= may;
            }
            Op::Dequeue(..) => {
                assert_eq!(task.try_dequeue().is_ok(), known.is_queued);
                known.is_queued = false;
            }
            _ => {
                task.remove();
                self.model.projects[place].tasks.retain(|task| task.number != number);
            }
        }
    }
}

/// The series as they are: gauges in one, counters and histograms in the other.
pub(crate) fn series_of(telemetry: &TestTelemetry) -> (Series, Series) {
    let (mut gauges, mut counters) = (Series::new(), Series::new());
    for series in telemetry.metrics().series() {
        let labels: Vec<_> = series.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        if !series.name.starts_with("agentpane_") {
            continue;
        }
        if let Some(histogram) = series.histogram() {
            counters.insert(key(&series.name, &labels), histogram.count as f64);
            if ["agentpane_task_cost_usd", "agentpane_agent_turns_per_task"].contains(&&*series.name) {
                counters.insert(key(&format!("sum of {}", series.name), &labels), histogram.sum);
            }
        } else if let Some(value) = series.number() {
            // Of a time it matters whether it is of now.
            let now = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0.0, |now| now.as_secs_f64());
            let is_time = series.name.ends_with("_timestamp");
            let value = if is_time { f64::from(u8::from((now() - value).abs() < 600.0)) } else { value };
            let kept = if series.is_monotonic() { &mut counters } else { &mut gauges };
            kept.insert(key(&series.name, &labels), value);
        }
    }
    counters.retain(|_, value| *value != 0.0);
    (gauges, counters)
}
