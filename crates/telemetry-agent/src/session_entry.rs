//! An active session as its project's board has it.

use std::collections::HashMap;
use std::sync::Arc;

use telemetry_core::Live;

use crate::metrics::SessionGauges;

/// An active session, told from another of its id by its cell.
pub(crate) struct SessionEntry {
    pub(crate) cell: Arc<SessionCell>,
    /// Who takes part, and how often: each tab of a browser is a connection.
    participants: HashMap<Box<str>, usize>,
    live: Live<SessionGauges>,
}

impl SessionEntry {
    pub(crate) fn new(id: &str, live: Live<SessionGauges>) -> Self {
        let entry = Self { cell: Arc::new(SessionCell { id: id.into() }), participants: HashMap::new(), live };
        entry.show();
        entry
    }

    pub(crate) fn participants(&self) -> usize {
        self.participants.len()
    }

    pub(crate) fn join(&mut self, user_id: &str) {
        match self.participants.get_mut(user_id) {
            Some(times) => *times += 1,
            None => {
                self.participants.insert(user_id.into(), 1);
            }
        }
        self.show();
    }

    pub(crate) fn leave(&mut self, user_id: &str) {
        if let Some(times) = self.participants.get_mut(user_id) {
            *times -= 1;
            if *times == 0 {
                self.participants.remove(user_id);
            }
        }
        self.show();
    }

    fn show(&self) {
        self.live.participants.set(self.participants.len() as f64);
    }
}

/// What names a session.
#[derive(Debug)]
pub(crate) struct SessionCell {
    pub(crate) id: Arc<str>,
}
