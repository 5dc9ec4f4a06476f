//! Git worktrees of a scratch repository: one that is created and removed, one that cannot be created.
#![expect(clippy::print_stdout, reason = "it shows what was recorded")]

use std::io;
use std::path::Path;

use telemetry_testkit::{TestTelemetry, eventually};
use telemetry_vcs::Worktrees;
use tokio::process::Command;

async fn git(folder: &Path, arguments: &[&str]) -> io::Result<()> {
    let output = Command::new("git").current_dir(folder).args(arguments).output().await?;
    if output.status.success() { Ok(()) } else { Err(io::Error::other(String::from_utf8_lossy(&output.stderr).trim())) }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let telemetry = TestTelemetry::entered();
    // In an application: `Worktrees::global()`, once `Telemetry` is there.
    let worktrees = Worktrees::new(telemetry.meter());
    worktrees.register("board");

    let folder = tempfile::tempdir()?;
    let repository = folder.path().join("repository");
    std::fs::create_dir(&repository)?;
    git(&repository, &["init", "--quiet"]).await?;
    let author = ["-c", "user.name=example", "-c", "user.email=example@localhost"];
    git(&repository, &[&author[..], &["commit", "--quiet", "--allow-empty", "--message", "first"]].concat()).await?;

    let path = folder.path().join("wt-1");
    let creation = worktrees.creation("board", "wt-1").branch("agent/one").start();
    creation.instrument(git(&repository, &["worktree", "add", "-b", "agent/one", "../wt-1"])).await?;
    let worktree = creation.succeed(&path);
    let usage = [("worktree_id", "wt-1")];
    let bytes = eventually("its disk use is measured", || {
        telemetry.metrics().value("agentpane_worktree_disk_usage_bytes", &usage)
    });
    println!("wt-1 takes {} bytes of the disk", bytes.await);

    // Its branch is checked out elsewhere.
    let creation = worktrees.creation("board", "wt-2").branch("agent/one").start();
    match creation.instrument(git(&repository, &["worktree", "add", "../wt-2", "agent/one"])).await {
        Ok(()) => drop(creation.succeed(folder.path().join("wt-2"))),
        Err(error) => creation.because(&error).fail("git"),
    }

    let removal = worktree.removal();
    match removal.instrument(git(&repository, &["worktree", "remove", "../wt-1"])).await {
        Ok(()) => removal.succeed(),
        Err(error) => removal.because(&error).fail("git"),
    }

    println!("\n{}\n\n{}\n\n{}", telemetry.metrics(), telemetry.spans(), telemetry.logs());
    Ok(())
}
