//! The files to be judged, and a folder for what the judges write.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

use crate::command::Result;
use crate::{go_tools, workspace};

/// One of the programs that were built.
pub(super) fn tool(name: &str) -> Command {
    Command::new(go_tools::dir().join(name))
}

/// The YAML files of a folder. There are some, or a check of them would pass for nothing.
pub(super) fn yaml(folder: &Path) -> Result<Vec<PathBuf>> {
    let unreadable = |error: io::Error| format!("{}: {error}", folder.display());
    let entries = fs::read_dir(folder).map_err(unreadable)?.collect::<io::Result<Vec<_>>>().map_err(unreadable)?;
    let yaml =
        |path: &PathBuf| path.extension().and_then(OsStr::to_str).is_some_and(|end| end == "yaml" || end == "yml");
    let mut files: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).filter(yaml).collect();
    files.sort();
    if files.is_empty() { Err(format!("{} has no YAML files", folder.display()).into()) } else { Ok(files) }
}

/// An empty folder.
pub(super) fn scratch(name: &str) -> Result<PathBuf> {
    let folder = workspace::target().join("check-bundle").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    Ok(folder)
}
