//! An agent as its project's board has it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};

use telemetry_core::{Label as _, Live};

use crate::activity::Activity;
use crate::metrics::{AgentGauges, AgentStatus, RunGauges, RunStatus};

/// An agent: what it does follows from its runs, and without one from how the last ended.
pub(crate) struct AgentEntry {
    /// Guards of it and of its runs.
    pub(crate) handles: usize,
    phases: [u32; 3],
    pub(crate) rest: AgentStatus,
    /// The status as its series shows it.
    shown: Arc<AtomicUsize>,
    _status: Live<AgentGauges>,
    run: Option<LiveRun>,
}

/// The series of an agent's runs, for as long as one is under way.
struct LiveRun {
    activity: Arc<Activity>,
    _gauges: Live<RunGauges>,
}

impl LiveRun {
    fn new(gauges: Live<RunGauges>) -> Self {
        let activity = Activity::begin();
        activity.show(&gauges);
        Self { activity, _gauges: gauges }
    }
}

/// What a run is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Starting,
    Running,
    Paused,
}

/// The phase of a run, which is changed only while its project's board is locked, and read by whoever wants to.
pub(crate) struct PhaseCell(AtomicU8);

impl PhaseCell {
    pub(crate) fn new(phase: Phase) -> Self {
        Self(AtomicU8::new(phase as u8))
    }

    pub(crate) fn get(&self) -> Phase {
        match self.0.load(Ordering::Relaxed) {
            phase if phase == Phase::Running as u8 => Phase::Running,
            phase if phase == Phase::Paused as u8 => Phase::Paused,
            _ => Phase::Starting,
        }
    }

    pub(crate) fn set(&self, phase: Phase) {
        self.0.store(phase as u8, Ordering::Relaxed);
    }
}

impl AgentEntry {
    /// An idle agent with one handle.
    pub(crate) fn new(live: Live<AgentGauges>) -> Self {
        let shown = Arc::new(AtomicUsize::new(AgentStatus::Idle.index()));
        let read = Arc::clone(&shown);
        live.status.read_with(move |report| {
            if let Some(status) = AgentStatus::ALL.get(read.load(Ordering::Relaxed)) {
                report(*status, 1.0);
            }
        });
        Self { handles: 1, phases: [0; 3], rest: AgentStatus::Idle, shown, _status: live, run: None }
    }

    pub(crate) fn status(&self) -> AgentStatus {
        match self.phases {
            [0, 0, 0] => self.rest,
            [0, 0, _] => AgentStatus::Paused,
            [_, 0, _] => AgentStatus::Starting,
            _ => AgentStatus::Running,
        }
    }

    pub(crate) fn is_busy(&self) -> bool {
        self.phases != [0; 3]
    }

    /// Shows what it is at by now.
    pub(crate) fn show(&self) {
        let status = self.status();
        self.shown.store(status.index(), Ordering::Relaxed);
        if let Some(run) = &self.run {
            run.activity.set_waiting(status == AgentStatus::Paused);
        }
    }

    /// A run of it starts. Its series are the run's for as long as one is under way.
    pub(crate) fn begin(&mut self, live: impl FnOnce() -> Live<RunGauges>) -> Arc<Activity> {
        self.phases[Phase::Starting as usize] += 1;
        Arc::clone(&self.run.get_or_insert_with(|| LiveRun::new(live())).activity)
    }

    pub(crate) fn change_phase(&mut self, from: Phase, to: Phase) {
        self.phases[from as usize] -= 1;
        self.phases[to as usize] += 1;
    }

    pub(crate) fn end(&mut self, phase: Phase, status: RunStatus) {
        self.phases[phase as usize] -= 1;
        self.rest = match status {
            RunStatus::Completed => AgentStatus::Completed,
            RunStatus::Failed | RunStatus::TurnLimit => AgentStatus::Error,
            RunStatus::Cancelled => AgentStatus::Idle,
        };
        if !self.is_busy() {
            self.run = None;
        }
    }
}
