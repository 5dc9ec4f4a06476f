//! The crates that applications depend on, and how a step compiles each of them by itself.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::Result;
use crate::workspace;

pub(crate) struct Library {
    pub(crate) name: String,
    pub(crate) manifest: PathBuf,
    /// Whether it has derives and no types.
    pub(crate) is_macros: bool,
    pub(crate) has_features: bool,
}

/// Every folder in `crates`, by name.
pub(crate) fn all() -> Result<Vec<Library>> {
    let mut libraries = Vec::new();
    for folder in fs::read_dir(workspace::root().join("crates"))? {
        let manifest = folder?.path().join("Cargo.toml");
        if manifest.exists() {
            libraries.push(Library::read(manifest)?);
        }
    }
    libraries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(libraries)
}

impl Library {
    fn read(manifest: PathBuf) -> Result<Self> {
        let folder = manifest.parent().and_then(Path::file_name).unwrap_or_default();
        let name = folder.to_string_lossy().into_owned();
        let text = fs::read_to_string(&manifest)?;
        let says = |wanted: &str| text.lines().any(|line| line.trim() == wanted);
        Ok(Self { name, is_macros: says("proc-macro = true"), has_features: says("[features]"), manifest })
    }
}

/// What the steps share that compile crates one by one: a folder, as each crate alone has other features of its
/// dependencies than the workspace has, and all that cargo would tell builds apart by.
pub(crate) fn one_by_one<'a>(command: &'a mut Command, libraries: &[Library]) -> &'a mut Command {
    let names: Vec<String> = libraries.iter().map(|library| library.name.replace('-', "_")).collect();
    command
        .env("CARGO_TARGET_DIR", workspace::target().join("one-by-one"))
        .env("CARGO_INCREMENTAL", "0")
        .env("RUSTFLAGS", "--deny warnings")
        // rustdoc's JSON needs it. It is for our crates alone: the dependencies are what they are in an application.
        .env("RUSTC_BOOTSTRAP", names.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_crates_are_found_and_told_apart() {
        let libraries = all().expect("the crates can be read");
        let found = |name: &str| libraries.iter().find(|library| library.name == name);
        let kind = |name: &str| found(name).map(|library| (library.is_macros, library.has_features));
        assert_eq!(kind("telemetry-core"), Some((false, true)));
        assert_eq!(kind("telemetry-testkit"), Some((false, false)));
        assert_eq!(kind("telemetry-macros"), Some((true, false)));
        assert_eq!(kind("xtask"), None);
        assert!(libraries.iter().all(|library| library.manifest.exists()));
    }

    #[test]
    fn crates_alone_are_built_in_a_folder_of_their_own_and_warn_of_nothing() {
        let library = |name: &str| Library {
            name: name.to_owned(),
            manifest: PathBuf::new(),
            is_macros: false,
            has_features: false,
        };
        let mut command = Command::new("cargo");
        one_by_one(&mut command, &[library("till-core"), library("till")]);
        let set = |name: &str| command.get_envs().find(|(key, _)| *key == name)?.1.map(PathBuf::from);
        assert_eq!(set("RUSTC_BOOTSTRAP"), Some("till_core,till".into()));
        assert_eq!(set("RUSTFLAGS"), Some("--deny warnings".into()));
        assert_ne!(set("CARGO_TARGET_DIR"), Some(workspace::target()));
    }
}
