//! The zombies among the children of this process, as the system tells them.

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

/// Those of this process.
#[cfg(target_os = "linux")]
pub(super) fn of_this_process() -> Zombies {
    let ours = i64::from(std::process::id());
    let (group, session) = Stat::of("self").map_or((0, 0), |stat| (stat.group, stat.session));
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some((name, pid)) = name.to_str().and_then(|name| Some((name, name.parse().ok()?))) else { continue };
        if let Some(stat) = Stat::of(name)
            && stat.state == 'Z'
            && stat.parent == ours
        {
            found.push(Zombie { pid, group: stat.group, session: stat.session, started: stat.started });
        }
    }
    Zombies { group, session, found }
}

/// Elsewhere nothing tells them apart.
#[cfg(not(target_os = "linux"))]
pub(super) fn of_this_process() -> Zombies {
    Zombies::default()
}

#[cfg(target_os = "linux")]
struct Stat {
    state: char,
    parent: i64,
    group: i32,
    session: i32,
    started: u64,
}

#[cfg(target_os = "linux")]
impl Stat {
    fn of(process: &str) -> Option<Self> {
        let text = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        // The name in parentheses may hold anything; the state follows it, then parent, group and session.
        let mut fields = text.rsplit_once(") ")?.1.split(' ');
        Some(Self {
            state: fields.next()?.chars().next()?,
            parent: fields.next()?.parse().ok()?,
            group: fields.next()?.parse().ok()?,
            session: fields.next()?.parse().ok()?,
            started: fields.nth(15)?.parse().ok()?,
        })
    }
}
