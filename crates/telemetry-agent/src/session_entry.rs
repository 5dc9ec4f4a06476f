//! An active session as its project's board has it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use telemetry_core::{Live, clock};

use crate::metrics::SessionGauges;

/// An active session, told from another of its id by its cell.
pub(crate) struct SessionEntry {
    pub(crate) cell: Arc<SessionCell>,
    /// Who takes part.
    participants: HashMap<Box<str>, Presence>,
    live: Live<SessionGauges>,
}

/// How somebody takes part.
#[derive(Default)]
struct Presence {
    /// Each tab of a browser is one.
    connections: usize,
    /// When somebody was last seen of whom that is said at all.
    seen: Option<Instant>,
    /// Whether it was said that they were not seen for long.
    is_stale_said: bool,
}

/// Somebody who takes part and was not seen for long.
pub(crate) struct Stale {
    pub(crate) user_id: Box<str>,
    pub(crate) unseen: Duration,
    /// Whether it was not said before.
    pub(crate) is_new: bool,
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
            Some(presence) => {
                presence.connections += 1;
                if presence.seen.is_some() {
                    presence.see();
                }
            }
            None => {
                self.participants.insert(user_id.into(), Presence { connections: 1, ..Presence::default() });
            }
        }
        self.show();
    }

    /// Notes that somebody who takes part is there.
    pub(crate) fn see(&mut self, user_id: &str) {
        if let Some(presence) = self.participants.get_mut(user_id) {
            presence.see();
        }
    }

    /// Who takes part and was not seen for longer than that, by name.
    pub(crate) fn stale(&mut self, after: Duration) -> Vec<Stale> {
        let now = clock::now();
        let stale = self.participants.iter_mut().filter_map(|(user_id, presence)| {
            let unseen = now.saturating_duration_since(presence.seen?);
            let is_new = unseen > after && !std::mem::replace(&mut presence.is_stale_said, true);
            (unseen > after).then(|| Stale { user_id: user_id.clone(), unseen, is_new })
        });
        let mut stale: Vec<_> = stale.collect();
        stale.sort_unstable_by(|a, b| a.user_id.cmp(&b.user_id));
        stale
    }

    pub(crate) fn leave(&mut self, user_id: &str) {
        if let Some(presence) = self.participants.get_mut(user_id) {
            presence.connections -= 1;
            if presence.connections == 0 {
                self.participants.remove(user_id);
            }
        }
        self.show();
    }

    fn show(&self) {
        self.live.participants.set(self.participants.len() as f64);
    }
}

impl Presence {
    fn see(&mut self) {
        self.seen = Some(clock::now());
        self.is_stale_said = false;
    }
}

/// What names a session.
#[derive(Debug)]
pub(crate) struct SessionCell {
    pub(crate) id: Arc<str>,
}
