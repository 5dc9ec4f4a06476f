//! Git worktrees of a repository: one for each task, with a branch of its own.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use telemetry_core::Meter;
use telemetry_vcs::{Worktree, Worktrees};
use tokio::process::Command;
use tokio::sync::Mutex;

/// A repository, and where its worktrees are.
pub(crate) struct Repository {
    root: PathBuf,
    folder: PathBuf,
    worktrees: Worktrees,
    /// Held while git writes to the repository: it would refuse a second one.
    writes: Mutex<()>,
}

impl Repository {
    /// The repository at `root`, with its worktrees in `folder`.
    ///
    /// # Errors
    ///
    /// When there is no git, or no repository.
    pub(crate) async fn open(meter: &Meter, root: PathBuf, folder: PathBuf) -> io::Result<Self> {
        git(&root, &["rev-parse", "--git-dir"]).await?;
        Ok(Self { root, folder, worktrees: Worktrees::new(meter), writes: Mutex::new(()) })
    }

    /// Creates a worktree on a new branch.
    ///
    /// # Errors
    ///
    /// What git says.
    pub(crate) async fn add(&self, project: &str, id: &str) -> io::Result<Worktree> {
        let (path, branch) = (self.folder.join(id), branch(id));
        let creation = self.worktrees.creation(project, id).branch(&branch).start();
        let target = path.to_string_lossy();
        match creation.instrument(self.write(&["worktree", "add", "--quiet", "-b", &branch, &target])).await {
            Ok(()) => Ok(creation.succeed(&path)),
            Err(error) => {
                creation.because(&error).fail("git");
                Err(error)
            }
        }
    }

    /// Removes a worktree and its branch, with what was done there.
    ///
    /// # Errors
    ///
    /// What git says.
    pub(crate) async fn remove(&self, worktree: Worktree) -> io::Result<()> {
        let path = self.folder.join(worktree.worktree_id());
        let removal = worktree.removal();
        let target = path.to_string_lossy();
        match removal.instrument(self.write(&["worktree", "remove", "--force", &target])).await {
            Ok(()) => removal.succeed(),
            Err(error) => {
                removal.because(&error).fail("git");
                return Err(error);
            }
        }
        self.write(&["branch", "--quiet", "-D", &branch(worktree.worktree_id())]).await
    }

    async fn write(&self, args: &[&str]) -> io::Result<()> {
        let _alone = self.writes.lock().await;
        git(&self.root, args).await
    }
}

fn branch(id: &str) -> String {
    format!("agent/{id}")
}

/// Runs git to its end.
///
/// # Errors
///
/// When there is no git, and what it says when it fails.
pub(crate) async fn git(folder: &Path, args: &[&str]) -> io::Result<()> {
    let mut git = Command::new("git");
    // Whoever called us may be git itself, in another repository.
    git.env_remove("GIT_DIR").env_remove("GIT_WORK_TREE").env_remove("GIT_INDEX_FILE");
    let output = git.current_dir(folder).args(args).stdin(Stdio::null()).kill_on_drop(true).output().await;
    let output = output.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => io::Error::new(error.kind(), "worktrees need git, and there is no program `git`"),
        _ => error,
    })?;
    if output.status.success() {
        return Ok(());
    }
    Err(io::Error::other(format!(
        "git ended with {}: {}",
        output.status,
        String::from_utf8_lossy(&output.stderr).trim()
    )))
}
