//! What tools leave behind for this process to reap, where it is PID 1 or a sub-reaper: zombies that are no child of
//! anybody else, and whose end nobody here waits for.

use std::collections::{BTreeMap, BTreeSet};
use std::process;
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::process::{Pid, WaitId, WaitIdOptions, WaitOptions, waitid, waitpgid};
use tokio::runtime::Handle;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time;

use super::at_work::AtWork;
use super::{live, zombies};

/// After that time a zombie is taken that may be a child of the application's own, where all orphans are to be.
const UNCLAIMED: Duration = Duration::from_secs(5);

/// How long after a look the next one is due, for what no signal tells: the time of a zombie, a leader that tokio reaped.
const PAUSE: Duration = Duration::from_secs(1);

/// The least time from one look to the next, however many children end.
const LEAST_PAUSE: Duration = Duration::from_millis(50);

static ORPHANS: Mutex<Orphans> =
    Mutex::new(Orphans { groups: BTreeSet::new(), all: false, unclaimed: BTreeMap::new() });

/// Whether a task looks.
static AT_WORK: AtomicBool = AtomicBool::new(false);

struct Orphans {
    /// Groups of tools that have ended, with members that have not been reaped.
    groups: BTreeSet<i32>,
    /// Whether those are reaped, too, that left the groups.
    all: bool,
    /// Zombies that may be children of the application's own, and since when they are known; each with the time of its
    /// start, so that nothing else is taken for it.
    unclaimed: BTreeMap<(i32, u64), Instant>,
}

/// Reaps what the tool of that group leaves behind, now and when it ends. For when its leader has been reaped, or will be.
pub(super) fn left_by(leader: Pid) {
    if !adopts() {
        return;
    }
    lock().groups.insert(leader.as_raw_nonzero().get());
    if look() {
        go_to_work();
    }
}

/// Reaps all orphans from now on, those as well that left the groups of their tools.
pub(super) fn reap_all() {
    if adopts() {
        lock().all = true;
        go_to_work();
    }
}

/// Whether orphans become children of this process.
fn adopts() -> bool {
    #[cfg(target_os = "linux")]
    let is_subreaper = rustix::process::child_subreaper().is_ok_and(|set| set.is_some());
    #[cfg(not(target_os = "linux"))]
    let is_subreaper = false;
    is_subreaper || process::id() == 1
}

fn lock() -> MutexGuard<'static, Orphans> {
    ORPHANS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reaps what can be reaped, and tells whether there is more to come.
fn look() -> bool {
    lock().look()
}

/// Has a task of this runtime go on looking, unless one does. Without a runtime the next run of a tool does.
fn go_to_work() {
    if let Ok(runtime) = Handle::try_current()
        && let Some(at_work) = AtWork::begin(&AT_WORK)
        && let Ok(children) = signal(SignalKind::child())
    {
        runtime.spawn(work(children, at_work));
    }
}

impl Orphans {
    fn look(&mut self) -> bool {
        self.groups.retain(|&group| Pid::from_raw(group).is_some_and(|group| !reap_group(group)));
        if self.all {
            self.reap_others();
        }
        self.all || !self.groups.is_empty()
    }

    /// Reaps the zombies that left the groups of their tools, and nothing that the application waits for.
    ///
    /// A process is in the session of its parent or leads one. So a child that is neither in ours nor leads one was not
    /// started here: it is an orphan. One of our group is taken for the application's own. Any other may be either, and
    /// gets time.
    fn reap_others(&mut self) {
        let (now, zombies) = (Instant::now(), zombies::of_this_process());
        let mut unclaimed = BTreeMap::new();
        for zombie in &zombies.found {
            if zombie.group == zombies.group || live::leads(zombie.pid) {
                continue;
            }
            let is_orphan = zombie.session != zombies.session && zombie.session != zombie.pid;
            let key = (zombie.pid, zombie.started);
            let since = self.unclaimed.get(&key).copied().unwrap_or(now);
            if !is_orphan && now.duration_since(since) < UNCLAIMED {
                unclaimed.insert(key, since);
            } else if let Some(pid) = Pid::from_raw(zombie.pid) {
                let _ = waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOHANG);
            }
        }
        self.unclaimed = unclaimed;
    }
}

/// Reaps the zombies of a group whose leader has been reaped, and tells whether no child of this process is in it any more.
///
/// While a process of the group is left, even a zombie, nothing else gets its number. A leader is not touched: somebody
/// waits for it, the run of a tool that has the number anew or tokio.
fn reap_group(group: Pid) -> bool {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    if waitid(WaitId::Pid(group), options).is_ok() {
        return false;
    }
    loop {
        match waitpgid(group, WaitOptions::NOHANG) {
            Ok(Some(_)) | Err(Errno::INTR) => {}
            Ok(None) => return false,
            Err(_) => return true,
        }
    }
}

async fn work(mut children: Signal, mut at_work: AtWork) {
    loop {
        while look() {
            time::sleep(LEAST_PAUSE).await;
            let _ = time::timeout(PAUSE, children.recv()).await;
        }
        let Some(again) = at_work.end(look) else { return };
        at_work = again;
    }
}
