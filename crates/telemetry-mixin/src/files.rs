//! Generated files: written, compared with a directory, and removed when they are no longer made.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io;
use std::path::{Component, Path, PathBuf};

use crate::page;

/// The first line of a generated file that can hold a comment.
pub(crate) const NOTICE: &str = "Generated from the declarations by `cargo xtask gen-dashboards`; do not edit.";

/// The list of what was generated last, so that what is no longer generated can be told from what is a user's own.
const MANIFEST: &str = "deploy/GENERATED";

/// Generated files by their path, relative to the directory that holds `deploy` and `docs`, and generated parts of pages
/// that people write.
///
/// A page takes a part in between two comments: `<!-- generated: alerts of llm -->` and `<!-- end of generated -->`.
/// There are `signals of …`, a domain's metrics with where they are shown and alerted on, and `alerts of …`; their links
/// lead as from a page in `docs`. [`fill`](Self::fill) names the pages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GeneratedFiles {
    files: BTreeMap<String, String>,
    parts: BTreeMap<String, String>,
    pages: BTreeSet<String>,
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
#[derive(thiserror::Error)]
#[error("{}: {source}", path.display())]
pub struct FilesError {
    /// The file.
    pub path: PathBuf,
    /// What the system says.
    pub source: io::Error,
}

telemetry_core::debug_as_display!(FilesError);

impl GeneratedFiles {
    /// Adds a file under a relative path, replacing one of the same path.
    pub fn insert(&mut self, path: String, text: String) {
        self.files.insert(path, text);
    }

    /// Adds a part for pages that people write.
    pub(crate) fn insert_part(&mut self, name: String, text: String) {
        self.parts.insert(name, text);
    }

    /// Also keeps the generated parts of a page that people write, by its relative path.
    ///
    /// ```
    /// use telemetry_core::{Catalogue, Counter, Metrics};
    /// use telemetry_mixin::model::{Domain, Mixin};
    /// use telemetry_mixin::{GeneratorSettings, generate};
    ///
    /// /// What is measured of mails.
    /// #[derive(Metrics)]
    /// #[metrics(entity())]
    /// struct MailMetrics {
    ///     /// Mails handed to the server
    ///     #[metric(name = "mails_total")]
    ///     mails: Counter,
    /// }
    ///
    /// let mailer = Domain::new("mailer", Catalogue::new("mailer", &[MailMetrics::CATALOGUE]), Mixin::new());
    /// let mut files = generate(&GeneratorSettings::default(), &[mailer])?;
    /// files.fill("docs/operations.md");
    ///
    /// let directory = tempfile::tempdir()?;
    /// let page = directory.path().join("docs/operations.md");
    /// std::fs::create_dir(directory.path().join("docs"))?;
    /// std::fs::write(&page, "# Mails\n\n<!-- generated: signals of mailer -->\n<!-- end of generated -->\n")?;
    /// files.write_to(directory.path())?;
    /// assert!(std::fs::read_to_string(&page)?.contains("| `mails_total` | Mails handed to the server |"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn fill(&mut self, page: impl Into<String>) {
        self.pages.insert(page.into());
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

    /// Writes every file below `directory`, fills the pages that are kept, and removes what an earlier run wrote and this
    /// one does not.
    ///
    /// # Errors
    ///
    /// [`FilesError`] with the first page that is missing or asks for a part that there is not, before anything is
    /// written; then with the first file that could not be written or removed.
    pub fn write_to(&self, directory: &Path) -> Result<(), FilesError> {
        let pages = self.pages.iter().map(|page| Ok((page.as_str(), self.filled(directory, page)?.1)));
        let pages = pages.collect::<Result<Vec<_>, FilesError>>()?;
        for path in self.stale(directory)? {
            let path = directory.join(path);
            std::fs::remove_file(&path).map_err(|source| FilesError { path, source })?;
        }
        let manifest = self.manifest();
        let manifest = std::iter::once((MANIFEST, manifest.as_str()));
        let pages = pages.iter().map(|(page, text)| (*page, text.as_str()));
        for (path, text) in self.iter().chain(manifest).chain(pages) {
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
    /// [`FilesError`] with a file that is there and cannot be read, or a page that is missing or asks for a part that
    /// there is not.
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
        for page in &self.pages {
            let (found, filled) = self.filled(directory, page)?;
            if found != filled {
                differences.push(changed(page, &found, &filled));
            }
        }
        Ok(differences)
    }

    /// A page as it is, and with its generated parts as they would be.
    fn filled(&self, directory: &Path, page: &str) -> Result<(String, String), FilesError> {
        let path = directory.join(page);
        let failed = |source: io::Error| FilesError { path: path.clone(), source };
        let found = std::fs::read_to_string(&path).map_err(failed)?;
        let filled = page::filled(&found, &self.parts).map_err(|wrong| failed(io::Error::other(wrong)))?;
        Ok((found, filled))
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
