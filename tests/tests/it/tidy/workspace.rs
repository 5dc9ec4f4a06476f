//! The workspace's packages and files.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// A package of the workspace.
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) manifest: toml::Table,
    pub(crate) dir: PathBuf,
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this package is a folder of the workspace")
}

/// A path as failures show it.
pub(crate) fn relative(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// Every package, found by its manifest and not by the workspace's list of members.
pub(crate) fn packages() -> Vec<Package> {
    let manifests = files(root(), |path| path.file_name() == Some(OsStr::new("Cargo.toml")));
    let packages: Vec<Package> = manifests.iter().filter_map(|path| Package::read(path)).collect();
    assert!(packages.len() > 5, "only {} packages found", packages.len());
    packages
}

/// Every Rust file.
pub(crate) fn rust_files() -> Vec<PathBuf> {
    let found = files(root(), |path| path.extension() == Some(OsStr::new("rs")));
    assert!(found.len() > 50, "only {} files found", found.len());
    found
}

impl Package {
    /// `None` for the workspace's own manifest, and that of an application outside of it.
    fn read(path: &Path) -> Option<Self> {
        let text = read(path);
        let manifest: toml::Table = text.parse().unwrap_or_else(|error| panic!("{}: {error}", relative(path)));
        if manifest.contains_key("workspace") {
            return None;
        }
        let name = manifest.get("package")?.get("name")?.as_str()?.to_owned();
        Some(Self { name, manifest, dir: path.parent().expect("a manifest is in a folder").to_owned() })
    }
}

pub(crate) fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", relative(path)))
}

/// The files below a folder in order, without hidden folders and what cargo builds.
pub(crate) fn files(folder: &Path, wanted: impl Fn(&Path) -> bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", relative(&folder)));
        for entry in entries {
            let entry = entry.unwrap_or_else(|error| panic!("{}: {error}", relative(&folder)));
            let (path, name) = (entry.path(), entry.file_name());
            let kind = entry.file_type().unwrap_or_else(|error| panic!("{}: {error}", relative(&path)));
            if kind.is_dir() && name != "target" && !name.as_encoded_bytes().starts_with(b".") {
                folders.push(path);
            } else if kind.is_file() && wanted(&path) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
