//! The zombies among the children of this process, as the system tells them.

use super::stat::Stat;

/// What a look found.
#[derive(Default)]
pub(super) struct Zombies {
    /// The group and the session of this process.
    pub(super) group: i32,
    pub(super) session: i32,
    pub(super) found: Vec<Zombie>,
}

/// One of them.
pub(super) struct Zombie {
    pub(super) pid: i32,
    pub(super) group: i32,
    pub(super) session: i32,
    /// When it was started, in ticks of the system's clock.
    pub(super) started: u64,
}

/// Those of this process; where the system does not tell them apart there are none.
pub(super) fn of_this_process() -> Zombies {
    let Some(this) = Stat::of("self") else { return Zombies::default() };
    let zombies = Stat::all().filter(|stat| stat.state == 'Z' && stat.parent == this.pid);
    let zombie = |stat: Stat| Zombie { pid: stat.pid, group: stat.group, session: stat.session, started: stat.started };
    Zombies { group: this.group, session: this.session, found: zombies.map(zombie).collect() }
}
