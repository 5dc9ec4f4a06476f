//! The check that writes, reads and deletes a file.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use async_trait::async_trait;

use crate::check::HealthCheck;
use crate::verdict::Verdict;

/// A directory in which a small file can be written, read and deleted.
///
/// The file is new and has a name of its own, so that services that share a directory do not meet.
#[derive(Debug)]
pub struct FileSystem {
    directory: Arc<Path>,
    busy: Arc<AtomicBool>,
}

const TEXT: &[u8] = b"health";

impl FileSystem {
    /// A directory, which has to be there.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self { directory: directory.into().into(), busy: Arc::default() }
    }
}

#[async_trait]
impl HealthCheck for FileSystem {
    async fn check(&self) -> Verdict {
        // A disk that hangs holds its thread for as long as it hangs: one is enough.
        if self.busy.swap(true, Ordering::Acquire) {
            return Verdict::unhealthy("an earlier file operation still hangs");
        }
        let (directory, busy) = (Arc::clone(&self.directory), Busy(Arc::clone(&self.busy)));
        let tried = tokio::task::spawn_blocking(move || {
            let _until_done = busy;
            write_read_delete(&directory)
        });
        match tried.await {
            Ok(Ok(())) => Verdict::healthy(),
            Ok(Err(Trouble { step, error })) => {
                // The kind alone: an error's own text may hold a path.
                Verdict::unhealthy(format_args!("cannot {step} a file: {}", error.kind()))
            }
            Err(_) => Verdict::unhealthy("the file operations were stopped"),
        }
    }
}

struct Busy(Arc<AtomicBool>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

struct Trouble {
    step: &'static str,
    error: io::Error,
}

fn write_read_delete(directory: &Path) -> Result<(), Trouble> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let trouble = |step| move |error| Trouble { step, error };
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let path = directory.join(format!(".health-{}-{number}", std::process::id()));
    // New, so that no link that somebody has put there is followed.
    let mut file = File::create_new(&path).map_err(trouble("create"))?;
    let tried = write_read(&mut file, &path);
    drop(file);
    let deleted = fs::remove_file(&path).map_err(trouble("delete"));
    tried.and(deleted)
}

fn write_read(file: &mut File, path: &Path) -> Result<(), Trouble> {
    let trouble = |step| move |error| Trouble { step, error };
    file.write_all(TEXT).map_err(trouble("write"))?;
    let mut read = Vec::new();
    // A little more than was written, in case that something else is there.
    let mut limited = File::open(path).map_err(trouble("read"))?.take(2 * TEXT.len() as u64);
    limited.read_to_end(&mut read).map_err(trouble("read"))?;
    if read == TEXT { Ok(()) } else { Err(trouble("read back")(io::ErrorKind::InvalidData.into())) }
}
