//! What there is, and a naive model that is told the same: agents, runs and sessions.

use std::collections::BTreeSet;

use telemetry_agent::Refused;
use telemetry_agent::labels::{AgentStatus, Column};
use telemetry_core::Label as _;
use telemetry_core::scope::Spent;

use crate::model::{At, ModelRun};
use crate::ops::Op;
use crate::world::{World, id, one_of};

impl World {
    pub(crate) fn hold(&mut self, op: &Op) {
        match *op {
            Op::Hold(number, agent) => {
                let Some(project) = self.project(number) else { return };
                self.held.push(self.projects[project].agent(&self.own("a", agent)));
                self.model.held.push((project, self.own("a", agent)));
            }
            Op::LetGo(number) => {
                if let Some(place) = one_of(&self.held, number) {
                    drop(self.held.swap_remove(place));
                    self.model.held.swap_remove(place);
                }
            }
            Op::Rest(number, status) => {
                if let Some(place) = one_of(&self.held, number) {
                    let status = AgentStatus::ALL[status];
                    self.held[place].set_resting(status);
                    let (project, agent) = self.model.held[place].clone();
                    let is_of_runs = matches!(status, AgentStatus::Starting | AgentStatus::Running);
                    self.model.rest(project, &agent, if is_of_runs { AgentStatus::Idle } else { status });
                }
            }
            _ => {}
        }
    }

    pub(crate) fn start(
        &mut self,
        number: usize,
        agent: usize,
        task: Option<usize>,
        within: Option<usize>,
        ready: bool,
        asks: bool,
    ) -> Option<()> {
        let project = self.project(number)?;
        let task = task.and_then(|task| self.task(number, task));
        let agent_id = self.own("a", agent);
        let handle = self.projects[project].agent(&agent_id);
        let mut prepared = handle.prepare();
        if let Some((task, _)) = &task {
            prepared = prepared.task(task);
        }
        let within = within.and_then(|within| one_of(&self.runs, within));
        let begin = || match (ready, asks) {
            (true, true) => prepared.try_start(),
            (true, false) => Ok(prepared.start()),
            (false, true) => prepared.try_begin(),
            (false, false) => Ok(prepared.begin()),
        };
        let run = match within {
            Some(within) => self.runs[within].in_scope(begin),
            None => begin(),
        };
        let (runs, max) = (self.model.runs_of(project), self.model.projects[project].max);
        let is_there = self.model.is_there(project);
        let is_full = is_there && max.is_some_and(|max| runs >= max);
        let is_busy = self.model.runs.iter().any(|run| run.project == project && run.agent == agent_id);
        let column = match &task {
            Some((_, number)) => self.model.task_mut(*number).map(|(_, task)| task.column),
            None => None,
        };
        let to_be_done = column.is_none_or(|column| matches!(column, Column::Backlog | Column::InProgress));
        let expected = if !asks {
            Ok(())
        } else if !to_be_done {
            Err(Refused::NotToBeDone { column: column? })
        } else if !is_there {
            Err(Refused::Gone)
        } else if is_busy {
            Err(Refused::Busy)
        } else if is_full {
            Err(Refused::ConcurrencyLimit { running: runs, max: max? })
        } else {
            Ok(())
        };
        assert_eq!(run.as_ref().map(|_| ()).map_err(|refused| *refused), expected);
        if is_full && (expected.is_ok() || matches!(expected, Err(Refused::ConcurrencyLimit { .. }))) {
            let labels = [("error_code", "CONCURRENCY_LIMIT_EXCEEDED"), ("component", "agent")];
            self.model.count("agentpane_errors_total", &labels, 1.0);
        }
        let run = run.ok()?;
        let number = task.as_ref().map(|(_, number)| *number);
        if let Some(number) = number {
            self.take_up(project, number);
        }
        let mut paying: BTreeSet<_> = within.map(|within| self.model.runs[within].paying.clone()).unwrap_or_default();
        paying.extend(number);
        let at = if ready { At::Running } else { At::Starting };
        self.model.at_turn(project, &agent_id, 0);
        self.model.runs.push(ModelRun { project, agent: agent_id, at, turns: 0, task: number, paying });
        self.runs.push(run);
        Some(())
    }

    fn take_up(&mut self, project: usize, number: usize) {
        let Some((_, task)) = self.model.task_mut(number) else { return };
        if task.column == Column::Backlog {
            self.model.move_task(number, Column::InProgress);
        } else if std::mem::take(&mut task.is_queued) {
            let id = self.model.id_of(project);
            self.model.count("agentpane_queue_wait_seconds", &[("project_id", &id)], 1.0);
        }
    }

    pub(crate) fn go_on(&mut self, op: &Op) -> Option<()> {
        let (Op::Turn(number)
        | Op::Pause(number)
        | Op::Resume(number)
        | Op::Spend(number, _)
        | Op::Tool(number, _)
        | Op::End(number, _)) = *op
        else {
            return None;
        };
        let place = one_of(&self.runs, number)?;
        let (run, known) = (&self.runs[place], self.model.runs[place].clone());
        let project = self.model.id_of(known.project);
        let agent = [("project_id", &*project), ("agent_id", &*known.agent)];
        match *op {
            Op::Turn(_) => {
                assert_eq!(run.turn().number(), known.turns + 1);
                let model = &mut self.model.runs[place];
                (model.at, model.turns) = (At::Running, known.turns + 1);
                self.model.at_turn(known.project, &known.agent, known.turns + 1);
                if let Some(task) = known.task.filter(|task| self.model.task_mut(*task).is_some()) {
                    self.model.task_turns[task] += 1;
                }
                self.model.count("agentpane_agent_turns_total", &agent, 1.0);
            }
            Op::Pause(_) => {
                assert_eq!(run.try_pause().is_ok(), known.at != At::Paused);
                self.model.runs[place].at = At::Paused;
            }
            Op::Resume(_) => {
                let resumed = run.try_resume().is_ok();
                assert_eq!(resumed, known.at == At::Paused);
                if resumed {
                    self.model.runs[place].at = At::Running;
                }
            }
            Op::Spend(_, cents) => {
                run.spent(&Spent::tokens(cents, 1).with_cost_usd(cents as f64 / 100.0));
                self.model.count("agentpane_agent_cost_usd_total", &agent, cents as f64 / 100.0);
                for (kind, tokens) in [("prompt", cents), ("completion", 1)] {
                    let labels = [agent[0], agent[1], ("type", kind)];
                    self.model.count("agentpane_agent_tokens_total", &labels, tokens as f64);
                }
                for task in known.paying {
                    *self.model.task_cents[task].get_or_insert(0) += cents;
                }
            }
            Op::Tool(_, end) => self.call_tool(place, end),
            Op::End(_, end) => self.end(place, end),
            _ => {}
        }
        Some(())
    }

    fn call_tool(&mut self, place: usize, end: usize) {
        let turn = self.runs[place].turn();
        let call = turn.tool_call("Read");
        match end {
            0 => call.succeed(),
            1 => call.fail(),
            2 => call.deny(),
            _ => drop(call),
        }
        turn.complete();
        let known = self.model.runs[place].clone();
        (self.model.runs[place].at, self.model.runs[place].turns) = (At::Running, known.turns + 1);
        self.model.at_turn(known.project, &known.agent, known.turns + 1);
        if let Some(task) = known.task.filter(|task| self.model.task_mut(*task).is_some()) {
            self.model.task_turns[task] += 1;
        }
        let project = self.model.id_of(known.project);
        self.model.count("agentpane_agent_turns_total", &[("project_id", &project), ("agent_id", &known.agent)], 1.0);
        let tool = [("agent_id", &*known.agent), ("tool", "Read")];
        if let Some(status) = ["success", "error", "denied"].get(end) {
            self.model.count("agentpane_tool_calls_total", &[tool[0], tool[1], ("status", status)], 1.0);
        }
        if end < 2 {
            self.model.count("agentpane_tool_duration_seconds", &tool, 1.0);
        }
    }

    fn end(&mut self, place: usize, end: usize) {
        let (run, known) = (self.runs.swap_remove(place), self.model.runs.swap_remove(place));
        let (status, rest) = match end {
            0 => ("completed", AgentStatus::Completed),
            1 => ("failed", AgentStatus::Error),
            2 => ("turn_limit", AgentStatus::Error),
            _ => ("cancelled", AgentStatus::Idle),
        };
        match end {
            0 => run.complete(),
            1 => run.fail(),
            2 => run.reach_turn_limit(),
            3 => run.cancel(),
            _ => drop(run),
        }
        self.model.rest(known.project, &known.agent, rest);
        let project = self.model.id_of(known.project);
        let labels = [("project_id", &*project), ("agent_id", &*known.agent), ("status", status)];
        self.model.count("agentpane_agent_runs_total", &labels, 1.0);
        if status == "failed" {
            let labels = [("error_code", "AGENT_EXECUTION_ERROR"), ("component", "agent")];
            self.model.count("agentpane_errors_total", &labels, 1.0);
        }
    }

    pub(crate) fn meet(&mut self, op: &Op) -> Option<()> {
        if let Op::Leave(number) = *op {
            let place = one_of(&self.participants, number)?;
            let (connection, participant) = self.participants.swap_remove(place);
            drop(participant);
            for session in self.model.projects.iter_mut().flat_map(|project| project.sessions.values_mut()) {
                session.retain(|(number, _)| *number != connection);
            }
            return Some(());
        }
        let (Op::CreateSession(number, session)
        | Op::EndSession(number, session)
        | Op::Join(number, session, _)
        | Op::Event(number, session)) = *op
        else {
            return None;
        };
        let project = self.project(number)?;
        // Sessions are told apart by their ids alone.
        let session_id = format!("p{number}-{}", self.own("s", session));
        if let Op::CreateSession(..) = op {
            self.projects[project].create_session(&session_id);
            if self.model.is_there(project) {
                self.model.projects[project].sessions.entry(session_id).or_default();
            }
            return Some(());
        }
        let known = self.projects[project].session(&session_id);
        assert_eq!(known.is_some(), self.model.projects[project].sessions.contains_key(&session_id));
        let known = known?;
        match *op {
            Op::EndSession(..) => {
                known.end();
                self.model.projects[project].sessions.remove(&session_id);
            }
            Op::Join(_, _, user) => {
                let user = id("u", user);
                self.joined += 1;
                self.participants.push((self.joined, known.join(&user)));
                let connections = self.model.projects[project].sessions.get_mut(&session_id)?;
                connections.push((self.joined, user));
            }
            _ => {
                known.event("message");
                self.model.count("agentpane_session_events_total", &[("event_type", "message")], 1.0);
            }
        }
        Some(())
    }
}
