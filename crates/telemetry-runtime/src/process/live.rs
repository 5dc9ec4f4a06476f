//! The groups of all tools that run in this process, for whoever ends them with it, and whoever must leave them alone.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rustix::process::Pid;
use tokio::runtime::Handle;
use tokio::time;

use super::at_work::AtWork;
use super::watchdog::{Key, Watch};

/// The tools that run or start: how long each may take to clean up when this process dies, `None` where it is to go on.
static LIVE: Mutex<Live> = Mutex::new(Live { tools: BTreeMap::new(), watch: Watch::Asleep, marks: 0 });

struct Live {
    tools: BTreeMap<Key, Option<Duration>>,
    watch: Watch,
    marks: u64,
}

/// Whether a task tells the watchdog what it had no room for.
static CATCHING_UP: AtomicBool = AtomicBool::new(false);

/// How long the watchdog gets at first to make room, and at last.
const ROOM: [Duration; 2] = [Duration::from_millis(5), Duration::from_secs(1)];

impl Live {
    fn with<T>(use_it: impl FnOnce(&mut Self) -> T) -> T {
        use_it(&mut LIVE.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes what there is, and tells the watchdog: now, or in a task of this runtime as soon as it takes it.
    fn change<T>(change: impl FnOnce(&mut Self) -> T) -> T {
        let (changed, behind) = Self::with(|live| {
            let changed = change(live);
            (changed, live.tell())
        });
        if behind
            && let Ok(runtime) = Handle::try_current()
            && let Some(at_work) = AtWork::begin(&CATCHING_UP)
        {
            runtime.spawn(catch_up(at_work));
        }
        changed
    }

    /// Tells the watchdog what it does not know yet, and whether there is more than it takes now.
    fn tell(&mut self) -> bool {
        self.watch.tell(&self.tools)
    }
}

async fn catch_up(mut at_work: AtWork) {
    let [mut pause, longest] = ROOM;
    let behind = || Live::with(Live::tell);
    loop {
        while behind() {
            time::sleep(pause).await;
            pause = (2 * pause).min(longest);
        }
        let Some(again) = at_work.end(behind) else { return };
        at_work = again;
    }
}

/// A tool from before its start until its group has been killed: before its leader is reaped, as long as nobody else can
/// have its number.
#[derive(Debug)]
pub(super) struct Entry(Key);

impl Entry {
    /// Enters a tool that is about to start. With a shell, a watchdog ends its group should this process die.
    pub(super) fn announce(grace: Duration, shell: Option<&Path>) -> Self {
        Live::change(|live| {
            live.marks += 1;
            let key = Key::Mark(live.marks);
            live.tools.insert(key, shell.map(|_| grace));
            if let Some(shell) = shell {
                // One that died is noticed by being told.
                live.tell();
                live.watch.start(shell);
            }
            Self(key)
        })
    }

    /// By what the watchdog knows the tool before it has a number, if that may be needed.
    pub(super) fn mark(&self) -> Option<String> {
        Live::with(|live| live.watch.mark(self.0))
    }

    /// The tool runs, and leads the group of this number.
    pub(super) fn started(&mut self, leader: Pid) {
        let group = Key::Group(leader.as_raw_nonzero().get());
        Live::change(|live| {
            let grace = live.tools.remove(&self.0).flatten();
            live.tools.insert(group, grace);
        });
        self.0 = group;
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        Live::change(|live| live.tools.remove(&self.0));
    }
}

/// Whether a process leads a tool that runs, or that has ended and is not reaped yet.
pub(super) fn leads(pid: i32) -> bool {
    Live::with(|live| live.tools.contains_key(&Key::Group(pid)))
}
