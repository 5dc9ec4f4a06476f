//! What becomes of full files: compressed, kept for a time, removed. On a thread of its own, because it takes long.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, SystemTime};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::active::first_time;
use super::lock::{Lock, numbers};
use super::names::{self, Form, Full};
use crate::error::LogsError;
use crate::level::LogLevel;

/// What is kept of full files.
#[derive(Debug, Clone)]
pub(crate) struct Keep {
    pub(crate) directory: PathBuf,
    /// The name as it is without a number.
    pub(crate) name: String,
    pub(crate) max_files: usize,
    pub(crate) compress: bool,
    pub(crate) retention: [Duration; 4],
}

/// The thread that looks after full files, which ends once this is dropped.
#[derive(Debug)]
pub(crate) struct Keeper(SyncSender<Sweep>);

/// What is to be looked after: the files of this name, at this time.
#[derive(Debug)]
struct Sweep {
    name: String,
    now: SystemTime,
}

impl Keeper {
    pub(crate) fn start(keep: Keep) -> Result<Self, LogsError> {
        // One that waits is enough: it finds what the others would have found.
        let (ask, asked) = sync_channel(1);
        let run = move || work(&keep, &asked);
        thread::Builder::new().name("telemetry-log-files".to_owned()).spawn(run).map_err(LogsError::Thread)?;
        Ok(Self(ask))
    }

    /// Has the files of this name looked after, and those that others have left.
    pub(crate) fn sweep(&self, name: &str, now: SystemTime) {
        let _one_waits_already = self.0.try_send(Sweep { name: name.to_owned(), now });
    }
}

fn work(keep: &Keep, asked: &Receiver<Sweep>) {
    while let Ok(sweep) = asked.recv() {
        keep.own(&sweep);
        keep.of_all(&sweep);
    }
}

impl Keep {
    /// Compresses the files of a name that this process has, and removes those of which there are too many.
    fn own(&self, sweep: &Sweep) {
        let mut full = self.full(&sweep.name);
        for file in full.iter().filter(|file| file.form == Form::Part) {
            let _gone_already = fs::remove_file(&file.path);
        }
        full.retain(|file| file.form != Form::Part);
        full.sort_by_key(|file| std::cmp::Reverse((file.time, file.number)));
        for level in LogLevel::ALL {
            for (place, file) in full.iter().filter(|file| file.level == level).enumerate() {
                if place >= self.max_files {
                    let _gone_already = fs::remove_file(&file.path);
                } else if self.compress && file.form == Form::Plain {
                    // Where there is no room for it, it stays as it is until the next time.
                    let _next_time = compress(&file.path);
                }
            }
        }
    }

    /// Removes what is older than it is kept, also of processes that write no more.
    fn of_all(&self, sweep: &Sweep) {
        let is_old = |since: SystemTime, level: LogLevel| {
            sweep.now.duration_since(since).is_ok_and(|age| age > self.retention[level.index()])
        };
        for name in numbers(&self.name) {
            for file in self.full(&name).iter().filter(|file| is_old(file.time, file.level)) {
                let _gone_already = fs::remove_file(&file.path);
            }
            if name == sweep.name {
                continue;
            }
            let left = |level| Some(names::active(&self.directory, &name, level)).filter(|path| path.exists());
            let left: Vec<_> = LogLevel::ALL.into_iter().filter_map(|level| Some((level, left(level)?))).collect();
            if left.is_empty() {
                continue;
            }
            let Some(_nobody_writes) = Lock::of_nobody(&self.directory, &name) else { continue };
            for (level, path) in left {
                let last = fs::metadata(&path).and_then(|metadata| metadata.modified());
                if first_time(&path).is_none_or(|first| is_old(first, level))
                    && last.is_ok_and(|last| is_old(last, level))
                {
                    let _gone_already = fs::remove_file(&path);
                }
            }
        }
    }

    fn full(&self, name: &str) -> Vec<Full> {
        let Ok(entries) = fs::read_dir(&self.directory) else { return Vec::new() };
        entries.flatten().filter_map(|entry| names::read(&entry.path(), name)).collect()
    }
}

/// Puts a compressed file in the place of a full one; under its name there is never half of one.
fn compress(path: &Path) -> io::Result<()> {
    let named = |ending: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    };
    let part = named(".gz.part");
    let written = (|| {
        let mut encoder = GzEncoder::new(BufWriter::new(File::create(&part)?), Compression::default());
        io::copy(&mut BufReader::new(File::open(path)?), &mut encoder)?;
        encoder.finish()?.flush()?;
        fs::set_permissions(&part, fs::metadata(path)?.permissions())?;
        fs::rename(&part, named(".gz"))?;
        fs::remove_file(path)
    })();
    if written.is_err() {
        let _gone_already = fs::remove_file(&part);
    }
    written
}
