//! Who takes part in which session.

use std::sync::{Arc, Mutex, PoisonError};

use telemetry_agent::{Participant, Project, Session};

/// The sessions of a project. One is active while somebody takes part in it.
#[derive(Debug)]
pub(super) struct Attendance {
    project: Project,
    /// Held while somebody comes or goes, so that nobody comes into a session that ends.
    door: Mutex<()>,
}

/// Somebody's place in a session, until this is dropped.
#[derive(Debug)]
pub(super) struct Seat {
    attendance: Arc<Attendance>,
    session: Session,
    participant: Option<Participant>,
}

impl Attendance {
    pub(super) fn new(project: Project) -> Self {
        Self { project, door: Mutex::new(()) }
    }

    pub(super) fn join(self: &Arc<Self>, session_id: &str, user_id: &str) -> Seat {
        let _door = self.door.lock().unwrap_or_else(PoisonError::into_inner);
        let session = self.project.create_session(session_id);
        let participant = Some(session.join(user_id));
        Seat { attendance: Arc::clone(self), session, participant }
    }
}

impl Seat {
    /// An event is published to the session, as far as this participant sees it.
    pub(super) fn event(&self, event_type: &str) {
        self.session.event(event_type);
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let _door = self.attendance.door.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.participant.take());
        if self.session.participants() == 0 {
            self.session.end();
        }
    }
}
