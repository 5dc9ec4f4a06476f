//! A session that people and agents take part in, and the events published to it.

use std::fmt;
use std::sync::Arc;

use telemetry_core::{Lease, clock};
use tracing::{info, warn};

use crate::inner::Inner;
use crate::metrics::SessionMetricsKey;
use crate::project_state::ProjectState;
use crate::refused::Refused;
use crate::session_entry::{SessionCell, SessionEntry};
use crate::shown::shown;

/// A session: a handle, cheap to clone. The session is active until it [ends](Self::end).
///
/// ```
/// # use telemetry_agent::Agents;
/// # let project = Agents::global().create_project("storefront");
/// let session = project.create_session("review-17");
/// let ada = session.join("ada"); // she is there for as long as this is held
/// session.event("message");
/// drop(ada);
/// session.end();
/// ```
#[derive(Clone)]
pub struct Session {
    inner: Lease<Inner>,
    project: Arc<ProjectState>,
    cell: Arc<SessionCell>,
}

/// Somebody who takes part in a session, until this is dropped: what a connection holds.
#[must_use = "who took part leaves when this is dropped"]
pub struct Participant {
    session: Session,
    user_id: Box<str>,
}

impl Session {
    /// The session of that id, and whether it is new.
    pub(crate) fn enter(inner: Lease<Inner>, project: Arc<ProjectState>, id: &str) -> (Self, bool) {
        let (cell, is_new) = project.board().enter_session(id, || inner.session_gauges.live(id));
        (Self { inner, project, cell }, is_new)
    }

    pub(crate) fn find(inner: Lease<Inner>, project: Arc<ProjectState>, id: &str) -> Option<Self> {
        let cell = project.board().session(id)?;
        Some(Self { inner, project, cell })
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.cell.id
    }

    /// Whether it has not ended.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.with_entry(|_| ()).is_some()
    }

    /// How many take part; somebody who is there twice is one.
    #[must_use]
    pub fn participants(&self) -> usize {
        self.with_entry(|entry| entry.participants()).unwrap_or(0)
    }

    /// Somebody takes part, until the guard is dropped.
    pub fn join(&self, user_id: &str) -> Participant {
        self.with_entry(|entry| entry.join(user_id));
        info!(session_id = &*shown(&self.cell.id), user_id = &*shown(user_id), "user joined session");
        Participant { session: self.clone(), user_id: user_id.into() }
    }

    /// [`join`](Self::join), where the session is active.
    ///
    /// # Errors
    ///
    /// [`Refused::Gone`].
    pub fn try_join(&self, user_id: &str) -> Result<Participant, Refused> {
        if self.is_active() { Ok(self.join(user_id)) } else { Err(Refused::Gone) }
    }

    /// Who takes part by their connections and was not seen for longer than the settings say (`agent.presence_timeout`), by
    /// name: a browser that went away without a word. Of each that is logged once, until they are seen again.
    ///
    /// Nobody is expected to be seen until somebody says that they were ([`Participant::seen`]). It is for a timer of the
    /// application's, which decides what becomes of the connection: they count until their guards are dropped.
    ///
    /// ```
    /// # use telemetry_agent::Agents;
    /// # let project = Agents::global().create_project("storefront");
    /// # let session = project.create_session("review-17");
    /// let ada = session.join("ada");
    /// ada.seen(); // with each sign of life, such as the answer to a ping
    /// for user_id in session.stale_participants() {
    ///     // close their connections
    /// }
    /// ```
    pub fn stale_participants(&self) -> Vec<String> {
        let after = self.inner.settings.presence_timeout;
        let stale = self.with_entry(|entry| entry.stale(after)).unwrap_or_default();
        for stale in stale.iter().filter(|stale| stale.is_new) {
            warn!(
                project_id = &*shown(&self.project.id),
                session_id = &*shown(&self.cell.id),
                user_id = &*shown(&stale.user_id),
                unseen_ms = clock::millis(stale.unseen),
                "stale presence detected"
            );
        }
        stale.into_iter().map(|stale| stale.user_id.into_string()).collect()
    }

    /// Counts an event that was published to it, by its type.
    pub fn event(&self, event_type: &str) {
        let key = SessionMetricsKey { session_id: &self.cell.id, event_type };
        self.inner.session_events.get(key).events.add(1);
    }

    /// Ends it. Whoever takes part in it yet, takes part in nothing that is shown.
    pub fn end(&self) {
        let _ended_before = self.try_end();
    }

    /// [`end`](Self::end), unless it has ended before.
    ///
    /// # Errors
    ///
    /// [`Refused::Gone`].
    pub fn try_end(&self) -> Result<(), Refused> {
        if !self.project.board().remove_session(&self.cell) {
            return Err(Refused::Gone);
        }
        info!(project_id = &*shown(&self.project.id), session_id = &*shown(&self.cell.id), "session ended");
        Ok(())
    }

    /// What is known of it, unless it has ended, or another is active under its id by now.
    fn with_entry<T>(&self, look: impl FnOnce(&mut SessionEntry) -> T) -> Option<T> {
        self.project.board().session_mut(&self.cell).map(look)
    }
}

impl Participant {
    /// Who it is.
    #[must_use]
    pub fn user_id(&self) -> &str {
        &self.user_id
    }

    /// Notes a sign of life, such as the answer to a ping. From the first on they are expected to be seen: see
    /// [`Session::stale_participants`].
    pub fn seen(&self) {
        self.session.with_entry(|entry| entry.see(&self.user_id));
    }
}

impl Drop for Participant {
    fn drop(&mut self) {
        self.session.with_entry(|entry| entry.leave(&self.user_id));
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { project, cell, .. } = self;
        f.debug_struct("Session").field("project", &project.id).field("id", &cell.id).finish_non_exhaustive()
    }
}

impl fmt::Debug for Participant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Participant").field("session", &self.session).field("user_id", &self.user_id).finish()
    }
}
