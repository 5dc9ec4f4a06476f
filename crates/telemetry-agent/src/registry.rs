//! All projects that there are, by their ids.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use telemetry_core::text::NAME;
use telemetry_core::{Family, Live, Meter, OTHER};

use crate::board::Counts;
use crate::metrics::ProjectGauges;
use crate::project_state::{ProjectState, show};

/// The projects of one meter.
pub(crate) struct Registry {
    projects: Mutex<Projects>,
    gauges: Family<ProjectGauges>,
    /// How many projects have series of their own: one less than there may be, so that the others have theirs.
    own_room: usize,
}

#[derive(Default)]
struct Projects {
    all: HashMap<Arc<str>, Arc<ProjectState>>,
    own: usize,
    /// The series of all others, and how many these are.
    other: Option<(Live<ProjectGauges>, usize)>,
}

impl Registry {
    /// The projects of this meter; as the families are, all that is made of one meter has the same.
    pub(crate) fn of(meter: &Meter) -> Arc<Self> {
        let settings = meter.settings().unwrap_or_default();
        let own_room = settings.max_label_values.min(settings.max_series).saturating_sub(1);
        // Before, because the meter is asked for one thing at a time.
        let gauges = Family::new(meter);
        meter.one(|| Self { projects: Mutex::default(), gauges, own_room })
    }

    /// Builds the instruments: later it would be done while a collection may wait for what is held then.
    pub(crate) fn warm_up(&self) {
        drop(self.gauges.live(""));
    }

    /// The project of that id, and whether it is new.
    pub(crate) fn enter(self: &Arc<Self>, id: &str, max_concurrent: Option<u32>) -> (Arc<ProjectState>, bool) {
        let mut projects = self.lock();
        if let Some(known) = projects.all.get(id) {
            return (Arc::clone(known), false);
        }
        let is_folded = projects.own >= self.own_room || id.len() > NAME || id == OTHER;
        let state = ProjectState::new(id, is_folded);
        state.board().set_max_concurrent(max_concurrent);
        if is_folded {
            projects.other.get_or_insert_with(|| (self.show_others(), 0)).1 += 1;
        } else {
            projects.own += 1;
            let gauges = self.gauges.live(id);
            let of_project = Arc::downgrade(&state);
            show(&gauges, move || of_project.upgrade().map(|state| state.board().counts()));
            state.board().gauges = Some(gauges);
        }
        projects.all.insert(Arc::clone(&state.id), Arc::clone(&state));
        (state, true)
    }

    pub(crate) fn find(&self, id: &str) -> Option<Arc<ProjectState>> {
        self.lock().all.get(id).cloned()
    }

    /// Ends a project; false where it has ended before.
    pub(crate) fn leave(&self, state: &Arc<ProjectState>) -> bool {
        let mut projects = self.lock();
        if projects.all.get(&state.id).is_none_or(|known| !Arc::ptr_eq(known, state)) {
            return false;
        }
        projects.all.remove(&state.id);
        if state.is_folded {
            if let Some((_, count)) = &mut projects.other {
                *count -= 1;
                if *count == 0 {
                    projects.other = None;
                }
            }
        } else {
            projects.own -= 1;
        }
        state.board().clear();
        true
    }

    fn show_others(self: &Arc<Self>) -> Live<ProjectGauges> {
        let (gauges, registry) = (self.gauges.live(OTHER), Arc::downgrade(self));
        show(&gauges, move || Weak::upgrade(&registry).map(|registry| registry.others()));
        gauges
    }

    /// What there is in all projects that have no series of their own.
    fn others(&self) -> Counts {
        let folded: Vec<_> = self.lock().all.values().filter(|state| state.is_folded).cloned().collect();
        folded.iter().fold(Counts::default(), |sum, state| sum.and(&state.board().counts()))
    }

    fn lock(&self) -> MutexGuard<'_, Projects> {
        self.projects.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry").field("projects", &self.lock().all.len()).finish_non_exhaustive()
    }
}
