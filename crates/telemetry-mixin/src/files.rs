//! Generated files: written, compared with a directory, and removed when they are no longer made.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io;
use std::path::{Component, Path, PathBuf};

/// The first line of a generated file that can hold a comment.
pub(crate) const NOTICE: &str = "Generated from the declarations by `cargo xtask gen-dashboards`; do not edit.";

/// The list of what was generated last, so that what is no longer generated can be told from what is a user's own.
const MANIFEST: &str = "deploy/GENERATED";

/// Generated files by their path, relative to the directory that holds `deploy` and `docs`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GeneratedFiles {
    files: BTreeMap<String, String>,
}

/// How a directory differs from what would be generated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// A file that is not there.
    Missing {
        /// Its path.
        path: String,
    },
    /// A file that was generated once and is no longer.
    Stale {
        /// Its path.
        path: String,
    },
    /// A file with another text.
    Changed {
        /// Its path.
        path: String,
        /// The first line that differs, counted from 1.
        line: usize,
        /// That line as it is.
        found: String,
        /// That line as it would be generated.
        expected: String,
    },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { path } => write!(f, "{path}: missing"),
            Self::Stale { path } => write!(f, "{path}: no longer generated"),
            Self::Changed { path, line, found, expected } => {
                write!(f, "{path}:{line}: differs\n  - {found}\n  + {expected}")
            }
        }
    }
}

/// A file that could not be read, written or removed.
#[derive(Debug, thiserror::Error)]
#[error("{}: {source}", path.display())]
pub struct FilesError {
    /// The file.
    pub path: PathBuf,
    /// What the system says.
    pub source: io::Error,
}

impl GeneratedFiles {
    /// Adds a file under a relative path, replacing one of the same path.
    pub fn insert(&mut self, path: String, text: String) {
        self.files.insert(path, text);
    }

    /// The text of a file.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// All files by path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    fn manifest(&self) -> String {
        let paths = self.files.keys().map(String::as_str).collect::<Vec<_>>().join("\n");
        format!("# {NOTICE}\n{paths}\n")
    }

    /// Writes every file below `directory` and removes what an earlier run wrote and this one does not.
    ///
    /// # Errors
    ///
    /// [`FilesError`] with the first file that could not be written or removed.
    pub fn write_to(&self, directory: &Path) -> Result<(), FilesError> {
        for path in self.stale(directory)? {
            let path = directory.join(path);
            std::fs::remove_file(&path).map_err(|source| FilesError { path, source })?;
        }
        let manifest = self.manifest();
        let manifest = std::iter::once((MANIFEST, manifest.as_str()));
        for (path, text) in self.iter().chain(manifest) {
            let path = directory.join(path);
            let write = || {
                if let Some(parent) = path.parent() {
                    std::fs::create_dir_all(parent)?;
                }
                std::fs::write(&path, text)
            };
            write().map_err(|source| FilesError { path: path.clone(), source })?;
        }
        Ok(())
    }

    /// How the files below `directory` differ from these; empty where nothing does.
    ///
    /// # Errors
    ///
    /// [`FilesError`] with a file that is there and cannot be read.
    pub fn check_against(&self, directory: &Path) -> Result<Vec<Difference>, FilesError> {
        let mut differences: Vec<Difference> =
            self.stale(directory)?.into_iter().map(|path| Difference::Stale { path }).collect();
        let manifest = self.manifest();
        let manifest = std::iter::once((MANIFEST, manifest.as_str()));
        for (path, text) in self.iter().chain(manifest) {
            match read(&directory.join(path))? {
                None => differences.push(Difference::Missing { path: path.to_owned() }),
                Some(found) if found != text => differences.push(changed(path, &found, text)),
                Some(_) => {}
            }
        }
        Ok(differences)
    }

    /// The files of the last run that are still there and not among these.
    fn stale(&self, directory: &Path) -> Result<BTreeSet<String>, FilesError> {
        let manifest = read(&directory.join(MANIFEST))?.unwrap_or_default();
        let listed = manifest.lines().filter(|line| !line.starts_with('#') && is_inside(line));
        let stale = listed.filter(|path| !self.files.contains_key(*path) && directory.join(path).is_file());
        Ok(stale.map(str::to_owned).collect())
    }
}

/// Whether a manifest's line leads to a file below the directory; a changed manifest must not remove any other.
fn is_inside(path: &str) -> bool {
    !path.is_empty() && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
}

fn read(path: &Path) -> Result<Option<String>, FilesError> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(FilesError { path: path.to_owned(), source }),
    }
}

fn changed(path: &str, found: &str, expected: &str) -> Difference {
    let line = found.lines().zip(expected.lines()).take_while(|(a, b)| a == b).count();
    let shown = |text: &str| text.lines().nth(line).unwrap_or("(end of file)").trim().to_owned();
    Difference::Changed { path: path.to_owned(), line: line + 1, found: shown(found), expected: shown(expected) }
}
