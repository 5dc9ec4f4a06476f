//! A process with all that it forks, wherever that went: signalled together, and reaped.

use std::io;
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, getpgid, kill_process, kill_process_group, waitid};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::signal::unix::{self, SignalKind};
use tokio::time::{self, Instant};

use super::care::Care;
use super::live::Entry;
use super::session::set_apart;
use super::strays::Strays;
use super::watchdog::MARK;
use super::{Exit, orphans};

/// How long an executable may be busy that was just written.
const BUSY: Duration = Duration::from_millis(200);

/// The first pause until a busy executable is tried again; each further one is twice as long.
const BUSY_PAUSE: Duration = Duration::from_millis(1);

/// What [`exited`](Group::exited) and [`runs`](Group::runs) ask: whether the leader has ended, which they leave unreaped.
const ENDED: WaitIdOptions = WaitIdOptions::EXITED.union(WaitIdOptions::NOHANG).union(WaitIdOptions::NOWAIT);

/// A process that leads a group of its own, with all that it forks.
///
/// The leader stays unreaped until the group has been killed: while it is a zombie, nothing else can get its id, so that
/// the signal cannot hit a stranger. Dropping kills the group at once; tokio reaps the leader then.
///
/// Who does not want to be stopped leaves the group, be it the leader itself. So the leader is signalled by its own number
/// as well, and while it lives what it has below it.
pub(super) struct Group {
    child: Child,
    leader: Pid,
    strays: Strays,
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
        let strays = Strays::of(leader);
        Ok(Self { child, leader, strays, children, entry: Some(entry), reaped: false })
    }

    pub(super) fn take_pipes(&mut self) -> (Option<ChildStdin>, Option<ChildStdout>, Option<ChildStderr>) {
        (self.child.stdin.take(), self.child.stdout.take(), self.child.stderr.take())
    }

    /// Waits for the leader's end and leaves it unreaped. Can be dropped and called again.
    pub(super) async fn exited(&mut self) -> io::Result<()> {
        while waitid(WaitId::Pid(self.leader), ENDED)?.is_none() {
            self.children.recv().await;
        }
        Ok(())
    }

    /// Asks the tool, and all below it, to end.
    pub(super) fn terminate(&mut self) {
        self.strays.look();
        // One that is stopped, because it asked a terminal perhaps, hears nothing before it goes on.
        for signal in [Signal::TERM, Signal::CONT] {
            self.signal(signal);
            self.strays.signal(signal);
        }
    }

    /// Kills the tool, and all below it.
    ///
    /// What a leader that ended left outside of its group is spared: it is nobody's child any more, unless it was asked to
    /// end before.
    pub(super) fn kill(&mut self) {
        if self.runs() || !self.strays.is_empty() {
            self.signal(Signal::STOP);
            self.strays.hold();
        }
        self.signal(Signal::KILL);
        self.strays.kill();
    }

    /// Sends a signal to the leader and all that it forked, as far as they stayed in its group.
    fn signal(&self, signal: Signal) {
        // It fails only when no process is left to receive it.
        let _ = kill_process_group(self.leader, signal);
        // A leader that left hears it alone, and one that hears it twice must not mind, as some do a second SIGTERM.
        let left = || getpgid(Some(self.leader)).is_ok_and(|group| group != self.leader);
        if signal != Signal::TERM || left() {
            let _ = kill_process(self.leader, signal);
        }
    }

    fn runs(&self) -> bool {
        matches!(waitid(WaitId::Pid(self.leader), ENDED), Ok(None))
    }

    /// Kills what is left of the group and reaps the leader.
    pub(super) async fn reap(mut self, within: Duration) -> io::Result<Exit> {
        self.finish();
        let status = time::timeout(within, self.child.wait()).await??;
        self.reaped = true;
        orphans::left_by(self.leader);
        Ok(status.into())
    }

    /// Kills what is left, which nobody else needs to do then.
    fn finish(&mut self) {
        self.kill();
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
            self.finish();
            orphans::left_by(self.leader);
        }
    }
}
