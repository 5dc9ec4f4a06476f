//! The walk through a worktree: what it takes of the disk, counted entry by entry.

use std::collections::HashSet;
use std::io;
use std::path::Path;

use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, Stat, fstat, openat, statat};
use rustix::io::Errno;

use super::counted::{Clock, Counted, Part};

/// A folder, and nothing that a link leads to: what lies in a worktree is an agent's, who may put a link to `/` there while
/// it is walked through.
const FOLDER: OFlags =
    OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::NONBLOCK).union(OFlags::CLOEXEC);

/// As deep may folders lie within each other: each one above is open meanwhile.
const DEEPEST: usize = 100;

/// The bytes of a block, as `stat` counts them everywhere.
const BLOCK: u64 = 512;

/// What lies below a folder takes of the disk: blocks, not lengths, so that a file with holes counts what it has. Hard links
/// count once, links are not followed, and other file systems that are mounted there are left out.
pub(super) fn walk(path: &Path, most: usize, clock: &Clock<'_>) -> io::Result<Counted> {
    let root = openat(CWD, path, FOLDER, Mode::empty())?;
    let root_stat = fstat(&root)?;
    let (device, _) = id(&root_stat);
    let mut counted = Counted { bytes: on_disk(&root_stat), part: None };
    let mut linked = HashSet::new();
    let mut entries = 0;
    let mut open = vec![Dir::new(root)?];
    while let Some(folder) = open.last_mut() {
        let entry = match folder.read() {
            None => {
                open.pop();
                continue;
            }
            Some(Err(_)) => {
                counted.part = Some(Part::Unreadable);
                open.pop();
                continue;
            }
            Some(Ok(entry)) => entry,
        };
        let name = entry.file_name();
        if matches!(name.to_bytes(), b"." | b"..") {
            continue;
        }
        if entries == most || clock.is_over() {
            counted.part = Some(if entries == most { Part::Entries } else { Part::Timeout });
            break;
        }
        entries += 1;
        let stat = match folder.fd().and_then(|folder| statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)) {
            Ok(stat) => stat,
            // It was there a moment ago.
            Err(Errno::NOENT) => continue,
            Err(_) => {
                counted.part = Some(Part::Unreadable);
                continue;
            }
        };
        let is_folder = FileType::from_raw_mode(stat.st_mode) == FileType::Directory;
        let is_counted = is_folder || stat.st_nlink < 2 || linked.insert(id(&stat));
        if id(&stat).0 != device || !is_counted {
            continue;
        }
        counted.bytes = counted.bytes.saturating_add(on_disk(&stat));
        if !is_folder {
            continue;
        }
        let below: Result<OwnedFd, Errno> = folder.fd().and_then(|folder| openat(folder, name, FOLDER, Mode::empty()));
        match below.and_then(Dir::new) {
            Ok(_) if open.len() == DEEPEST => counted.part = Some(Part::Depth),
            Ok(below) => open.push(below),
            Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => {}
            Err(_) => counted.part = Some(Part::Unreadable),
        }
    }
    Ok(counted)
}

fn on_disk(stat: &Stat) -> u64 {
    u64::try_from(stat.st_blocks).unwrap_or_default().saturating_mul(BLOCK)
}

/// The device and the number of what a name stands for.
#[allow(clippy::unnecessary_cast, reason = "the types differ from platform to platform")]
fn id(stat: &Stat) -> (u64, u64) {
    (stat.st_dev as u64, stat.st_ino as u64)
}
