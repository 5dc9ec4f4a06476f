//! A process with all that it forks: signalled together, and reaped.

use std::io;
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::signal::unix::{self, SignalKind};
use tokio::time;

use super::Exit;

/// A process that leads a group of its own, with all that it forks.
///
/// The leader stays unreaped until the group has been killed: while it is a zombie, nothing else can get its id, so that
/// the signal cannot hit a stranger. Dropping kills the group at once; tokio reaps the leader then.
pub(super) struct Group {
    child: Child,
    leader: Pid,
    /// Wakes whenever some child of this process changes state.
    children: unix::Signal,
    reaped: bool,
}

impl Group {
    pub(super) fn spawn(mut command: Command) -> io::Result<Self> {
        // Listening comes first, so that the end of a short process is not missed.
        let children = unix::signal(SignalKind::child())?;
        let child = command.process_group(0).spawn()?;
        let leader = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        let leader = leader.ok_or_else(|| io::Error::other("the process has no id"))?;
        Ok(Self { child, leader, children, reaped: false })
    }

    pub(super) fn take_pipes(&mut self) -> (Option<ChildStdin>, Option<ChildStdout>, Option<ChildStderr>) {
        (self.child.stdin.take(), self.child.stdout.take(), self.child.stderr.take())
    }

    /// Waits for the leader's end and leaves it unreaped. Can be dropped and called again.
    pub(super) async fn exited(&mut self) -> io::Result<()> {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        while waitid(WaitId::Pid(self.leader), options)?.is_none() {
            self.children.recv().await;
        }
        Ok(())
    }

    /// Sends a signal to the leader and all that it forked, as far as they stayed in its group.
    pub(super) fn signal(&self, signal: Signal) {
        // It fails only when no process is left to receive it.
        let _ = kill_process_group(self.leader, signal);
    }

    /// Kills what is left of the group and reaps the leader.
    pub(super) async fn reap(mut self, within: Duration) -> io::Result<Exit> {
        self.signal(Signal::KILL);
        let status = time::timeout(within, self.child.wait()).await??;
        self.reaped = true;
        Ok(status.into())
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if !self.reaped {
            self.signal(Signal::KILL);
        }
    }
}
