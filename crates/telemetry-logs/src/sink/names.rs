//! How the files of a log are called: `shop.error.jsonl`, and once full `shop.error.20261126T135000.123Z.jsonl.gz`.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::level::LogLevel;
use crate::timestamp;

const ENDING: &str = "jsonl";

/// The file of a level that is written to.
pub(crate) fn active(directory: &Path, name: &str, level: LogLevel) -> PathBuf {
    directory.join(format!("{name}.{}.{ENDING}", level.as_str()))
}

/// A file that was full at that time; `number` tells those of one millisecond apart.
pub(crate) fn full(directory: &Path, name: &str, level: LogLevel, time: SystemTime, number: u32) -> PathBuf {
    let stamp = timestamp::compact(time);
    let number = if number == 0 { String::new() } else { format!("-{number}") };
    directory.join(format!("{name}.{}.{stamp}{number}.{ENDING}", level.as_str()))
}

/// A file of a log that is full, as its name tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Full {
    pub(crate) path: PathBuf,
    pub(crate) level: LogLevel,
    /// When it was full.
    pub(crate) time: SystemTime,
    /// Which one of that millisecond.
    pub(crate) number: u32,
    pub(crate) form: Form,
}

/// What is in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Plain,
    Compressed,
    /// Half of what is being compressed.
    Part,
}

/// The file that this name is of, if it is one of the log of this name.
pub(crate) fn read(path: &Path, name: &str) -> Option<Full> {
    let file = path.file_name()?.to_str()?;
    let rest = file.strip_prefix(name)?.strip_prefix('.')?;
    let (level, rest) = rest.split_once('.')?;
    let level = LogLevel::ALL.into_iter().find(|known| known.as_str() == level)?;
    let (rest, form) =
        match (rest.strip_suffix(".jsonl"), rest.strip_suffix(".jsonl.gz"), rest.strip_suffix(".jsonl.gz.part")) {
            (Some(rest), ..) => (rest, Form::Plain),
            (_, Some(rest), _) => (rest, Form::Compressed),
            (.., Some(rest)) => (rest, Form::Part),
            _ => return None,
        };
    let (stamp, number) = match rest.split_once("Z-") {
        Some((stamp, number)) => (&rest[..=stamp.len()], number.parse().ok()?),
        None => (rest, 0),
    };
    Some(Full { path: path.to_owned(), level, time: timestamp::parse(stamp)?, number, form })
}
