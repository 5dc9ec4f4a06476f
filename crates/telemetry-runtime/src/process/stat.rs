//! What the system tells of a process: its parent, its group, its session. Only Linux does.

use std::fs;

/// One process, a zombie perhaps.
pub(super) struct Stat {
    pub(super) pid: i32,
    pub(super) state: char,
    pub(super) parent: i32,
    pub(super) group: i32,
    pub(super) session: i32,
    /// When it was started, in ticks of the system's clock.
    pub(super) started: u64,
}

impl Stat {
    /// The process that is called so below `/proc`: its number, or `self`.
    pub(super) fn of(process: &str) -> Option<Self> {
        if !cfg!(target_os = "linux") {
            return None;
        }
        let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        // The name in parentheses may hold anything; the state follows it, then parent, group and session.
        let (pid, rest) = text.split_once(" (")?;
        let mut fields = rest.rsplit_once(") ")?.1.split(' ');
        Some(Self {
            pid: pid.parse().ok()?,
            state: fields.next()?.chars().next()?,
            parent: fields.next()?.parse().ok()?,
            group: fields.next()?.parse().ok()?,
            session: fields.next()?.parse().ok()?,
            started: fields.nth(15)?.parse().ok()?,
        })
    }

    /// All that can be seen, each as it was at its moment.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        entries.filter_map(|entry| {
            let name = entry.file_name();
            let name = name.to_str().filter(|name| name.bytes().all(|byte| byte.is_ascii_digit()))?;
            Self::of(name)
        })
    }
}
