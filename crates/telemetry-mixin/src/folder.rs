//! A folder in which files are read, replaced and removed by relative paths, and out of which nothing in it leads.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use telemetry_core::{ReadError, read_regular, readable};

/// No generated file and no page is larger, in bytes.
const LARGEST: u64 = 16 << 20;

/// A file that could not be read, written or removed.
#[derive(thiserror::Error)]
#[error("{}: {}", readable(path.display()), readable(source))]
pub struct FilesError {
    /// The file.
    pub path: PathBuf,
    /// What the system says.
    pub source: io::Error,
}

telemetry_core::debug_as_display!(FilesError);

/// The folder. It may be missing until the first file is written.
pub(crate) struct Folder {
    root: PathBuf,
}

impl Folder {
    /// Refuses a folder that is a symbolic link itself. A link on the way to it is the caller's affair.
    pub(crate) fn new(root: &Path) -> Result<Self, FilesError> {
        // Without a slash at its end, behind which the link would be followed.
        let root: PathBuf = root.components().collect();
        no_link(&root)?;
        Ok(Self { root })
    }

    /// An error about a file.
    pub(crate) fn failed(&self, path: &str, source: io::Error) -> FilesError {
        FilesError { path: self.root.join(path), source }
    }

    /// What a file holds; `None` where there is none.
    pub(crate) fn read(&self, path: &str) -> Result<Option<Vec<u8>>, FilesError> {
        let file = self.file(path)?;
        match read_regular(&file, LARGEST) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(ReadError::Io(source)) => Err(FilesError { path: file, source }),
            Err(error) => Err(FilesError { path: file, source: io::Error::other(error) }),
        }
    }

    /// Writes a file beside its place and moves it there, so that nobody reads half of it, and what else has the old one
    /// keeps it.
    pub(crate) fn replace(&self, path: &str, text: &str) -> Result<(), FilesError> {
        let file = self.file(path)?;
        let write = || {
            let folder = file.parent().ok_or(io::ErrorKind::InvalidInput)?;
            fs::create_dir_all(folder)?;
            let permissions = fs::metadata(&file).ok().map(|old| old.permissions());
            let (beside, mut new) = create_in(folder)?;
            let done = new.write_all(text.as_bytes()).and_then(|()| {
                permissions.map_or(Ok(()), |permissions| new.set_permissions(permissions))?;
                drop(new);
                fs::rename(&beside, &file)
            });
            done.inspect_err(|_| {
                // That it is left there as well is the lesser evil.
                let _ = fs::remove_file(&beside);
            })
        };
        write().map_err(|source| FilesError { path: file.clone(), source })
    }

    pub(crate) fn remove(&self, path: &str) -> Result<(), FilesError> {
        let file = self.file(path)?;
        fs::remove_file(&file).map_err(|source| FilesError { path: file, source })
    }

    /// Where a file lies, to which no link leads.
    fn file(&self, path: &str) -> Result<PathBuf, FilesError> {
        if !is_sound(path) {
            let what = "it names no file of this folder";
            return Err(self.failed(path, io::Error::new(io::ErrorKind::InvalidInput, what)));
        }
        let mut file = self.root.clone();
        for part in path.split('/') {
            file.push(part);
            no_link(&file)?;
        }
        Ok(file)
    }
}

/// Whether a path leads to a file below a folder, on every system: relative, without `..`, drives, control characters.
pub(crate) fn is_sound(path: &str) -> bool {
    let odd = |c: char| c.is_control() || matches!(c, '\\' | ':');
    !path.contains(odd) && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

fn no_link(path: &Path) -> Result<(), FilesError> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_symlink() => {
            let what = "it is a symbolic link, which is not followed from here";
            Err(FilesError { path: path.to_owned(), source: io::Error::other(what) })
        }
        // What is missing is made, and any other error says itself at the file.
        _ => Ok(()),
    }
}

/// A new file that nobody else has, with its path.
fn create_in(folder: &Path) -> io::Result<(PathBuf, File)> {
    const MOST_TRIES: u32 = 100;

    let mut number = 0;
    loop {
        let path = folder.join(format!(".generated-{}-{number}", std::process::id()));
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < MOST_TRIES => number += 1,
            opened => return opened.map(|file| (path, file)),
        }
    }
}
