//! Files whose paths others choose, read whole: regular ones only, and only so much of each.

use std::fs::{File, FileType, OpenOptions};
use std::io::{self, Read as _};
use std::path::Path;

/// Why a file is not read.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// It is there, and reading it could wait for a writer, or have no end.
    #[error("it is {kind}, and only a regular file is read")]
    NotRegular {
        /// What it is, with its article: `a directory`.
        kind: &'static str,
    },
    /// It goes on after the limit.
    #[error("it is larger than {limit} bytes, the most that is read of it")]
    TooLarge {
        /// The most bytes that it may have.
        limit: u64,
    },
    /// It was to be a text.
    #[error("it is no UTF-8 from byte {at} on")]
    NotText {
        /// How many bytes are sound.
        at: usize,
    },
    /// What the system says.
    #[error(transparent)]
    Io(#[from] io::Error),
}

crate::debug_as_display!(ReadError);

impl ReadError {
    /// Whether there is nothing under the path.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Io(error) if error.kind() == io::ErrorKind::NotFound)
    }
}

/// Reads a regular file of `limit` bytes at most. Symbolic links are followed, because secrets are mounted as such: what
/// they lead to has to be a regular file.
///
/// A pipe, a device or a socket is not opened; one that takes the file's place meanwhile is neither waited for nor read.
/// A file that grows is read up to the limit, whatever size it had. Errors do not name the path: whoever read it for
/// something says so.
///
/// # Errors
///
/// [`ReadError`]: it is no regular file, it is larger than `limit`, or the system refuses it.
///
/// ```
/// let folder = tempfile::tempdir()?;
/// let error = telemetry_core::read_regular(folder.path(), 1024).expect_err("a folder is no file");
/// assert_eq!(error.to_string(), "it is a directory, and only a regular file is read");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn read_regular(path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
    regular(std::fs::metadata(path)?.file_type())?;
    let file = open(path)?;
    let found = file.metadata()?;
    regular(found.file_type())?;
    if found.len() > limit {
        return Err(ReadError::TooLarge { limit });
    }
    let mut bytes = Vec::with_capacity(usize::try_from(found.len()).unwrap_or(0));
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit { Err(ReadError::TooLarge { limit }) } else { Ok(bytes) }
}

/// The same of a text in UTF-8.
///
/// # Errors
///
/// [`ReadError`]: as of [`read_regular`], or the file is no UTF-8.
pub fn read_regular_to_string(path: &Path, limit: u64) -> Result<String, ReadError> {
    let bytes = read_regular(path, limit)?;
    String::from_utf8(bytes).map_err(|error| ReadError::NotText { at: error.utf8_error().valid_up_to() })
}

/// Opens a file without waiting for anybody at its other end, and without a terminal becoming ours.
fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;

        use rustix::fs::OFlags;
        // The standard library closes it on exec by itself.
        options.custom_flags((OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed());
    }
    options.open(path)
}

fn regular(kind: FileType) -> Result<(), ReadError> {
    if kind.is_file() { Ok(()) } else { Err(ReadError::NotRegular { kind: name(kind) }) }
}

fn name(kind: FileType) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt as _;

        if kind.is_fifo() {
            return "a FIFO";
        }
        if kind.is_char_device() || kind.is_block_device() {
            return "a device";
        }
        if kind.is_socket() {
            return "a socket";
        }
    }
    if kind.is_dir() { "a directory" } else { "something else" }
}
