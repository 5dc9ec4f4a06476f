//! Lines to files: one a level, the full ones set aside; to standard error where files cannot be written.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::active::Active;
use super::keeper::{Keep, Keeper};
use super::lock::Lock;
use super::names;
use super::notice::Notices;
use super::sinks::Destination;
use super::stream::SharedStream;
use crate::error::LogsError;
use crate::level::LogLevel;

/// How long files are not tried again that could not be written.
const AGAIN: Duration = Duration::from_secs(5);
/// How often full files are looked after where none was added.
const SWEPT: Duration = Duration::from_secs(60);
/// A file is full after so much of the time for which its lines are kept, so that they are not kept for much longer.
const PART_OF_RETENTION: u32 = 8;

/// What the files are.
pub(crate) struct FileSettings {
    pub(crate) keep: Keep,
    pub(crate) max_size: u64,
    /// Takes the lines that cannot be written to files; none where standard error has them anyway.
    pub(crate) instead: Option<SharedStream>,
    /// Takes what is said of files that cannot be written.
    pub(crate) said: SharedStream,
}

/// Writes to the files of a directory.
pub(crate) struct Files {
    settings: FileSettings,
    notices: Notices,
    keeper: Keeper,
    lock: Option<Lock>,
    active: [Option<Active>; 4],
    swept: Option<SystemTime>,
    /// Until when files are not tried, since they could not be written.
    failed_until: Option<SystemTime>,
}

impl Files {
    pub(crate) fn start(settings: FileSettings, notices: Notices) -> Result<Self, LogsError> {
        let keeper = Keeper::start(settings.keep.clone())?;
        let active = [const { None }; 4];
        Ok(Self { settings, notices, keeper, lock: None, active, swept: None, failed_until: None })
    }

    fn now(&self) -> SystemTime {
        (self.notices.clock)()
    }

    /// Writes lines to the files, as many as go; on an error it says how many bytes went.
    fn append(&mut self, level: LogLevel, lines: &[u8]) -> Result<(), (usize, PathBuf, io::Error)> {
        let mut done = 0;
        while done < lines.len() {
            let now = self.now();
            let max = self.settings.max_size;
            let failed = |files: &Self, done, error| Err((done, files.path(level), error));
            let active = match self.open(level, now) {
                Ok(active) => active,
                Err(error) => return failed(self, done, error),
            };
            let part = fitting(&lines[done..], max.saturating_sub(active.size), active.size == 0);
            if part == 0 {
                if let Err(error) = self.set_aside(level, now) {
                    return failed(self, done, error);
                }
                continue;
            }
            if let Err(error) = active.append(&lines[done..done + part], now) {
                return failed(self, done, error);
            }
            done += part;
        }
        Ok(())
    }

    fn path(&self, level: LogLevel) -> PathBuf {
        let name = self.lock.as_ref().map_or(&self.settings.keep.name, |lock| &lock.name);
        names::active(&self.settings.keep.directory, name, level)
    }

    fn open(&mut self, level: LogLevel, now: SystemTime) -> io::Result<&mut Active> {
        if self.lock.is_none() {
            fs::create_dir_all(&self.settings.keep.directory)?;
            self.lock = Some(Lock::take(&self.settings.keep.directory, &self.settings.keep.name)?);
        }
        let path = self.path(level);
        match &mut self.active[level.index()] {
            Some(active) => Ok(active),
            none => Ok(none.insert(Active::open(path, now)?)),
        }
    }

    /// Gives a file the name of a full one.
    fn set_aside(&mut self, level: LogLevel, now: SystemTime) -> io::Result<()> {
        let Some(active) = self.active[level.index()].take() else { return Ok(()) };
        let Some(lock) = &self.lock else { return Ok(()) };
        let named = |number| names::full(&self.settings.keep.directory, &lock.name, level, now, number);
        let is_free = |path: &PathBuf| !path.exists() && !path.with_extension("jsonl.gz").exists();
        let free = (0..).map(named).find(is_free).unwrap_or_else(|| named(0));
        match fs::rename(&active.path, free) {
            // Somebody else has taken it away, and the next one begins all the same.
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        self.keeper.sweep(&lock.name, now);
        self.swept = Some(now);
        Ok(())
    }

    fn fail(&mut self, left: &[u8], path: &Path, error: &io::Error) {
        // What is open may be in a directory that is gone, and so is the lock then.
        self.active = [const { None }; 4];
        self.lock = None;
        let was_well = self.failed_until.replace(self.now() + AGAIN).is_none();
        if was_well {
            let notice = self.notices.failed(path.display(), error);
            self.settings.said.write(notice.as_bytes());
        }
        self.instead(left);
    }

    fn instead(&self, lines: &[u8]) {
        if let Some(instead) = &self.settings.instead {
            instead.write(lines);
        }
    }

    fn is_given_up(&self) -> bool {
        // A clock that was put back does not keep files from being tried.
        let until = self.failed_until.and_then(|until| until.duration_since(self.now()).ok());
        until.is_some_and(|left| !left.is_zero() && left <= AGAIN)
    }
}

impl Destination for Files {
    const BY_LEVEL: bool = true;

    fn write(&mut self, level: LogLevel, lines: &[u8]) {
        if self.is_given_up() {
            self.instead(lines);
            return;
        }
        match self.append(level, lines) {
            Ok(()) if self.failed_until.take().is_some() => {
                let notice = self.notices.warn("log files are written again");
                self.settings.said.write(notice.as_bytes());
            }
            Ok(()) => {}
            Err((done, path, error)) => self.fail(&lines[done..], &path, &error),
        }
    }

    fn tick(&mut self) {
        let now = self.now();
        for level in LogLevel::ALL {
            let Some(active) = &self.active[level.index()] else { continue };
            let lasts = self.settings.keep.retention[level.index()] / PART_OF_RETENTION;
            if !active.is_in_place() {
                // Whoever rotates files by other means has taken it away.
                self.active[level.index()] = None;
            } else if active.size > 0
                && now.duration_since(active.since).is_ok_and(|age| age >= lasts)
                && let Err(error) = self.set_aside(level, now)
            {
                let path = self.path(level);
                self.fail(&[], &path, &error);
            }
        }
        let is_due = |swept: SystemTime| now.duration_since(swept).map_or(true, |since| since >= SWEPT);
        if let Some(lock) = self.lock.as_ref().filter(|_| self.swept.is_none_or(is_due)) {
            self.keeper.sweep(&lock.name, now);
            self.swept = Some(now);
        }
    }
}

/// How many bytes of whole lines fit; at least one line where the file is empty.
fn fitting(lines: &[u8], room: u64, is_empty: bool) -> usize {
    if lines.len() as u64 <= room {
        return lines.len();
    }
    let room = usize::try_from(room).unwrap_or(usize::MAX).min(lines.len());
    let fits = lines[..room].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    if fits > 0 || !is_empty {
        return fits;
    }
    lines.iter().position(|byte| *byte == b'\n').map_or(lines.len(), |at| at + 1)
}
