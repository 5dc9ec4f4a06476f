//! What a tool has below it and outside of its group: processes that left it, or began a session, while their parents live.

use std::collections::{BTreeMap, BTreeSet};

use rustix::process::{Pid, Signal};

use super::stat::Stat;

/// A tool that forks faster than it is looked at is not looked at for ever.
const MOST_LOOKS: usize = 16;

/// What was found below a tool. It is remembered, because a process whose parent ended is below nobody any more.
///
/// A process is known by its number and the time of its start, so that nothing else is taken for it that gets its number.
/// The search begins at the leader, which nobody may reap before.
pub(super) struct Strays {
    leader: i32,
    known: BTreeMap<i32, Found>,
}

#[derive(Clone, Copy)]
struct Found {
    started: u64,
    /// Whether the group's signals reach it.
    is_in_group: bool,
}

impl Strays {
    pub(super) fn of(leader: Pid) -> Self {
        Self { leader: leader.as_raw_nonzero().get(), known: BTreeMap::new() }
    }

    /// Whether none has been found.
    pub(super) fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Looks for those there are now.
    pub(super) fn look(&mut self) {
        let all: BTreeMap<i32, Stat> = Stat::all().map(|stat| (stat.pid, stat)).collect();
        // The numbers may be those of another namespace: then nothing here is what it seems.
        let ours = i32::try_from(std::process::id()).ok();
        if all.get(&self.leader).is_none_or(|leader| Some(leader.parent) != ours) {
            return;
        }
        let mut children: BTreeMap<i32, Vec<i32>> = BTreeMap::new();
        for stat in all.values() {
            children.entry(stat.parent).or_default().push(stat.pid);
        }
        self.known.retain(|pid, found| all.get(pid).is_some_and(|stat| stat.started == found.started));
        let in_group = all.values().filter(|stat| stat.group == self.leader).map(|stat| stat.pid);
        let mut next: Vec<i32> = in_group.chain(self.known.keys().copied()).chain([self.leader]).collect();
        let mut seen: BTreeSet<i32> = next.iter().copied().collect();
        while let Some(pid) = next.pop() {
            let below = children.get(&pid).into_iter().flatten();
            next.extend(below.copied().filter(|child| seen.insert(*child)));
        }
        let runs = |stat: &&Stat| !matches!(stat.state, 'Z' | 'X') && stat.pid != self.leader;
        let found = |stat: &Stat| Found { started: stat.started, is_in_group: stat.group == self.leader };
        let running = seen.iter().filter_map(|pid| all.get(pid)).filter(runs);
        self.known = running.map(|stat| (stat.pid, found(stat))).collect();
    }

    /// Signals those that were found, as far as the group's signals do not reach them.
    pub(super) fn signal(&self, signal: Signal) {
        let outside = self.known.iter().filter(|(_, found)| !found.is_in_group);
        outside.for_each(|(pid, found)| send(*pid, *found, signal));
    }

    /// Stops all there are, so that none can start another that nobody sees.
    pub(super) fn hold(&mut self) {
        let mut held = BTreeSet::new();
        for _ in 0..MOST_LOOKS {
            self.look();
            let before = held.len();
            for (pid, found) in &self.known {
                if held.insert((*pid, found.started)) {
                    send(*pid, *found, Signal::STOP);
                }
            }
            if held.len() == before {
                return;
            }
        }
    }

    /// Kills those that were found.
    pub(super) fn kill(&mut self) {
        for (pid, found) in std::mem::take(&mut self.known) {
            send(pid, found, Signal::KILL);
        }
    }
}

/// Sends a signal to that process and to no other. It fails only when the process is gone, or is somebody else's by now.
#[cfg(target_os = "linux")]
fn send(pid: i32, found: Found, signal: Signal) {
    use rustix::io::Errno;
    use rustix::process::{PidfdFlags, kill_process, pidfd_open, pidfd_send_signal};

    let Some(number) = Pid::from_raw(pid) else { return };
    let is_it = || Stat::of(&pid.to_string()).is_some_and(|stat| stat.started == found.started);
    let _ = match pidfd_open(number, PidfdFlags::empty()) {
        // Whoever gets the number after that, the descriptor means who had it then.
        Ok(process) if is_it() => pidfd_send_signal(&process, signal),
        Ok(_) | Err(Errno::SRCH) => Ok(()),
        // An old kernel, or no descriptor is left.
        Err(_) if is_it() => kill_process(number, signal),
        Err(_) => Ok(()),
    };
}

/// Elsewhere none is found.
#[cfg(not(target_os = "linux"))]
fn send(_: i32, _: Found, _: Signal) {}
