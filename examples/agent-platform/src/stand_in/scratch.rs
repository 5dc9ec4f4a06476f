//! A scratch repository of git, and where the platform keeps its files: gone with the session.

use std::path::PathBuf;

use axum::BoxError;
use tempfile::TempDir;

use super::tickets::TAKEN;
use crate::platform::worktrees::git;

/// A folder with a repository.
#[derive(Debug)]
pub(crate) struct Scratch(TempDir);

impl Scratch {
    /// Makes it, with a branch that a task will want.
    ///
    /// # Errors
    ///
    /// When there is no git, or no room.
    pub(crate) async fn make() -> Result<Self, BoxError> {
        let scratch = Self(tempfile::Builder::new().prefix("agent-platform-").tempdir()?);
        let repository = scratch.repository();
        std::fs::create_dir(&repository)?;
        std::fs::create_dir(scratch.worktrees())?;
        git(&repository, &["init", "--quiet"]).await?;
        std::fs::write(repository.join("README.md"), "What agents work on.\n")?;
        git(&repository, &["add", "README.md"]).await?;
        let author = ["-c", "user.name=example", "-c", "user.email=example@localhost", "-c", "commit.gpgsign=false"];
        git(&repository, &[&author[..], &["commit", "--quiet", "--message", "first"]].concat()).await?;
        git(&repository, &["branch", &format!("agent/{TAKEN}")]).await?;
        Ok(scratch)
    }

    pub(crate) fn repository(&self) -> PathBuf {
        self.0.path().join("repository")
    }

    pub(crate) fn worktrees(&self) -> PathBuf {
        self.0.path().join("worktrees")
    }

    /// Where the platform's database is.
    pub(crate) fn database(&self) -> PathBuf {
        self.0.path().join("platform.db")
    }
}
