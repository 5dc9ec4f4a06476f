//! The entry to what is measured of worktrees.

use std::io;
use std::path::Path;
use std::sync::Arc;

use telemetry_core::{Global, Meter, SettingsError, SettingsGroup as _, Shared};

use super::creation::Creation;
use super::inner::WorktreesInner;
use super::present::Worktree;
use super::start::CreationStart;
use crate::disk::Measure;
use crate::settings::VcsSettings;

/// The git worktrees of a process; cheap to clone.
///
/// ```
/// use telemetry_vcs::Worktrees;
///
/// # fn add_worktree() -> std::io::Result<()> { Ok(()) }
/// # fn remove_worktree() -> std::io::Result<()> { Ok(()) }
/// # fn example() -> std::io::Result<()> {
/// let creation = Worktrees::global().create("board", "wt-7");
/// creation.in_scope(add_worktree)?; // an early return is no failure of git's: say `fail` where it is one
/// let worktree = creation.succeed("/srv/worktrees/wt-7"); // active, and its disk use is measured, until removed or dropped
///
/// let removal = worktree.removal();
/// match removal.in_scope(remove_worktree) {
///     Ok(()) => removal.succeed(),
///     Err(error) => removal.because(&error).fail("git"), // it goes on being active
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Worktrees(Shared<WorktreesInner>);

impl Worktrees {
    /// Worktrees recorded by this meter, with the settings that it carries.
    #[must_use]
    pub fn new(meter: &Meter) -> Self {
        Self::build(meter, &meter.settings_of())
    }

    /// Worktrees recorded by this meter.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] when a setting is out of its range.
    pub fn with_settings(meter: &Meter, settings: VcsSettings) -> Result<Self, SettingsError> {
        settings.validate()?;
        Ok(Self::build(meter, &settings))
    }

    /// Worktrees recorded by the process's meter, with the settings that it carries; before it is installed nothing is
    /// recorded, and the settings are the defaults.
    #[must_use]
    pub fn global() -> &'static Self {
        static GLOBAL: Global<Worktrees> = Global::new();
        GLOBAL.get(Self::new)
    }

    fn build(meter: &Meter, settings: &VcsSettings) -> Self {
        Self(Shared::new(WorktreesInner::new(meter, settings)))
    }

    /// The same worktrees, whose disk use this tells, in place of a walk through them: for a file system that knows it, by
    /// quotas or subvolumes. It runs on a thread of its own, which is left to itself where it takes longer than
    /// [`disk_timeout`](VcsSettings::disk_timeout) and five seconds.
    ///
    /// ```
    /// use telemetry_vcs::Worktrees;
    ///
    /// # fn quota_of(_: &std::path::Path) -> std::io::Result<u64> { Ok(0) }
    /// let worktrees = Worktrees::global().clone().measured_by(quota_of);
    /// ```
    #[must_use]
    pub fn measured_by(self, measure: impl Fn(&Path) -> io::Result<u64> + Send + Sync + 'static) -> Self {
        let disks = self.0.disks.measured_by(Measure::Application(Arc::new(measure)));
        Self(Shared::new(WorktreesInner { disks, ..WorktreesInner::clone(&self.0) }))
    }

    /// Registers a project: it is never folded into `_other`, and its number of worktrees is shown also where that is zero.
    /// The series of one that is not registered ends with its last worktree. Register it once the telemetry is set up.
    pub fn register(&self, project_id: &str) {
        self.0.register(project_id);
    }

    /// Prepares the creation of a worktree: what more is known of it than its names.
    pub fn creation<'a>(&'a self, project_id: &'a str, worktree_id: &'a str) -> CreationStart<'a> {
        CreationStart::new(&self.0, project_id, worktree_id)
    }

    /// Starts the creation of a worktree, of which nothing more is known:
    /// [`creation`](Self::creation)`(…).`[`start()`](CreationStart::start).
    pub fn create(&self, project_id: &str, worktree_id: &str) -> Creation {
        self.creation(project_id, worktree_id).start()
    }

    /// A worktree that is there already, when the application starts: active from now on, without having been created.
    pub fn adopt(&self, project_id: &str, worktree_id: &str, path: impl AsRef<Path>) -> Worktree {
        Worktree::enter(self.0.lease(), project_id.into(), worktree_id.into(), path.as_ref())
    }
}
