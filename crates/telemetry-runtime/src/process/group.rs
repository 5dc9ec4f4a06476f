//! A process with all that it forks: signalled together, and reaped.

use std::io;
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::signal::unix::{self, SignalKind};
use tokio::time::{self, Instant};

use super::care::Care;
use super::live::Entry;
use super::session::set_apart;
use super::watchdog::MARK;
use super::{Exit, orphans};

/// How long an executable may be busy that was just written.
const BUSY: Duration = Duration::from_millis(200);

/// The first pause until a busy executable is tried again; each further one is twice as long.
const BUSY_PAUSE: Duration = Duration::from_millis(1);

/// A process that leads a group of its own, with all that it forks.
///
/// The leader stays unreaped until the group has been killed: while it is a zombie, nothing else can get its id, so that
/// the signal cannot hit a stranger. Dropping kills the group at once; tokio reaps the leader then.
pub(super) struct Group {
    child: Child,
    leader: Pid,
    /// Wakes whenever some child of this process changes state.
    children: unix::Signal,
    /// Until the group has been killed.
    entry: Option<Entry>,
    reaped: bool,
}

impl Group {
    pub(super) async fn spawn(mut command: Command, care: &Care<'_>, patience: Duration) -> io::Result<Self> {
        set_apart(&mut command, care.keep_terminal)?;
        // Listening comes first, so that the end of a short process is not missed.
        let children = unix::signal(SignalKind::child())?;
        if care.reap_orphans {
            orphans::reap_all();
        }
        let mut entry = Entry::announce(care.limits.grace, care.watchdog);
        if let Some(mark) = entry.mark() {
            command.env(MARK, mark);
        }
        let child = start(&mut command, patience).await?;
        let leader = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        let leader = leader.ok_or_else(|| io::Error::other("the process has no id"))?;
        entry.started(leader);
        Ok(Self { child, leader, children, entry: Some(entry), reaped: false })
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
        self.kill();
        let status = time::timeout(within, self.child.wait()).await??;
        self.reaped = true;
        orphans::left_by(self.leader);
        Ok(status.into())
    }

    /// Kills the group, which nobody else needs to do then.
    fn kill(&mut self) {
        self.signal(Signal::KILL);
        self.entry = None;
    }
}

/// Starts the process. An executable that was just written may be open for writing yet, in a process that another thread
/// forks at this moment and that has not become another program so far.
async fn start(command: &mut Command, patience: Duration) -> io::Result<Child> {
    let given_up = Instant::now() + BUSY.min(patience);
    let mut pause = BUSY_PAUSE;
    loop {
        match command.spawn() {
            Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy && Instant::now() < given_up => {
                time::sleep_until((Instant::now() + pause).min(given_up)).await;
                pause *= 2;
            }
            started => return started,
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if !self.reaped {
            self.kill();
            orphans::left_by(self.leader);
        }
    }
}
