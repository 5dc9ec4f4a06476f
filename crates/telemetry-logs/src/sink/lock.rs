//! Which process writes to which files: one process to each.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

/// How many processes may write to one directory under one name.
const MOST: usize = 64;

/// The right to write to the files of a name, for as long as it is kept and the process lives.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
    pub(crate) name: String,
}

impl Lock {
    /// Takes the name, or one with a number behind it where another process has it: `shop-2`.
    pub(crate) fn take(directory: &Path, name: &str) -> io::Result<Self> {
        for number in 1..=MOST {
            let name = numbered(name, number);
            if let Some(file) = try_lock(directory, &name)? {
                return Ok(Self { _file: file, name });
            }
        }
        Err(io::Error::other(format!("{MOST} processes write to files of this name already")))
    }

    /// Takes exactly this name, if nobody has it.
    pub(crate) fn of_nobody(directory: &Path, name: &str) -> Option<Self> {
        let file = try_lock(directory, name).ok().flatten()?;
        Some(Self { _file: file, name: name.to_owned() })
    }
}

/// The names that other processes may have.
pub(crate) fn numbers(name: &str) -> impl Iterator<Item = String> {
    (1..=MOST).map(move |number| numbered(name, number))
}

fn numbered(name: &str, number: usize) -> String {
    if number == 1 { name.to_owned() } else { format!("{name}-{number}") }
}

/// `None` where another has it, this process among them.
fn try_lock(directory: &Path, name: &str) -> io::Result<Option<File>> {
    let path = directory.join(format!(".{name}.lock"));
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
