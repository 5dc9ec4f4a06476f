//! The file that lines are appended to.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::timestamp;

/// As much of a file's end is looked at for half a line.
const TAIL: u64 = 1024 * 1024;
/// Where the time of a line stands in it.
const STAMP: std::ops::Range<usize> = 14..38;

/// A file that is open for lines.
#[derive(Debug)]
pub(crate) struct Active {
    file: File,
    pub(crate) path: PathBuf,
    /// Its bytes, all of whole lines.
    pub(crate) size: u64,
    /// When its first line was written.
    pub(crate) since: SystemTime,
    /// A pipe has no size and no end.
    is_regular: bool,
}

impl Active {
    /// Opens a file, and takes away half a line that a process left which was killed while it wrote.
    pub(crate) fn open(path: PathBuf, now: SystemTime) -> io::Result<Self> {
        let mut file = open(&path)?;
        let metadata = file.metadata()?;
        let is_regular = metadata.is_file();
        let (mut size, mut since) = (0, now);
        if is_regular && metadata.len() > 0 {
            size = whole_lines(&path, metadata.len())?;
            if size < metadata.len() {
                file.set_len(size)?;
            }
            since = first_time(&path).unwrap_or(now);
            file.seek(SeekFrom::End(0))?;
        }
        Ok(Self { file, path, size, since, is_regular })
    }

    /// Appends whole lines. On an error, what was written of them is taken away again, so that they can go elsewhere.
    pub(crate) fn append(&mut self, lines: &[u8], now: SystemTime) -> io::Result<()> {
        if self.size == 0 {
            self.since = now;
        }
        match self.file.write_all(lines) {
            Ok(()) => {
                self.size += lines.len() as u64;
                Ok(())
            }
            Err(error) => {
                if self.is_regular {
                    let _as_it_is = self.file.set_len(self.size);
                }
                Err(error)
            }
        }
    }

    /// Whether the file is still the one of its name: others may move or remove it.
    #[cfg(unix)]
    pub(crate) fn is_in_place(&self) -> bool {
        use std::os::unix::fs::MetadataExt as _;
        let of = |metadata: std::fs::Metadata| (metadata.dev(), metadata.ino());
        let (open, named) = (self.file.metadata().map(of), std::fs::metadata(&self.path).map(of));
        matches!((open, named), (Ok(open), Ok(named)) if open == named)
    }

    /// Whether the file is still there.
    #[cfg(not(unix))]
    pub(crate) fn is_in_place(&self) -> bool {
        self.path.exists()
    }
}

#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    // What a platform does is not for every user of the machine.
    OpenOptions::new().append(true).create(true).mode(0o640).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).open(path)
}

/// How many bytes of a file are whole lines.
fn whole_lines(path: &Path, size: u64) -> io::Result<u64> {
    let from = size.saturating_sub(TAIL);
    let mut tail = Vec::new();
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(from))?;
    file.take(TAIL).read_to_end(&mut tail)?;
    Ok(tail.iter().rposition(|byte| *byte == b'\n').map_or(from, |at| from + at as u64 + 1))
}

/// When the first line of a file was written.
pub(crate) fn first_time(path: &Path) -> Option<SystemTime> {
    let mut start = [0; STAMP.end];
    File::open(path).ok()?.read_exact(&mut start).ok()?;
    timestamp::parse(std::str::from_utf8(&start[STAMP]).ok()?)
}
