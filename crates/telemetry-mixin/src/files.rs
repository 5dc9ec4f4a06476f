//! Generated files: written, compared with a directory, and removed when they are no longer made.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io;
use std::path::Path;

use crate::diff::diff;
use crate::folder::{FilesError, Folder, is_sound};
use crate::page;
use crate::promql::shown;

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
        /// What differs, with a few lines around: lines that start with `-` are there, those with `+` would be generated.
        diff: String,
    },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { path } => write!(f, "{}: missing", shown(path)),
            Self::Stale { path } => write!(f, "{}: no longer generated", shown(path)),
            Self::Changed { path, line, diff } => {
                write!(f, "{}:{line}: differs", shown(path))?;
                diff.lines().try_for_each(|line| write!(f, "\n  {}", shown(line)))
            }
        }
    }
}

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

    /// The same without the files whose paths are told of.
    pub(crate) fn without(&self, is_left_out: impl Fn(&str) -> bool) -> Self {
        let mut kept = self.clone();
        kept.files.retain(|path, _| !is_left_out(path));
        kept
    }

    fn manifest(&self) -> String {
        let paths = self.files.keys().map(String::as_str).collect::<Vec<_>>().join("\n");
        format!("# {NOTICE}\n{paths}\n")
    }

    /// Writes every file below `directory`, fills the pages that are kept, and removes what an earlier run wrote and this
    /// one does not.
    ///
    /// Nothing leads out of the directory: it, and whatever lies below it on the way to a file, must be no symbolic link,
    /// and a file is replaced and not written into, so that another name of it keeps its text. Where the directory itself
    /// lies is the caller's affair, whatever links lead there. The list of an earlier run, `deploy/GENERATED`, is believed
    /// only where it names files of this directory below `deploy` and `docs`, or below what is generated now. That is no
    /// protection against somebody who changes the directory at the same time.
    ///
    /// # Errors
    ///
    /// Before anything is written, [`FilesError`] with the first page that is missing or asks for a part that there is not,
    /// with a link or something else than a file in a file's place, or with the list if it names what it cannot. Then with
    /// the first file that could not be written or removed.
    pub fn write_to(&self, directory: &Path) -> Result<(), FilesError> {
        let folder = Folder::new(directory)?;
        let pages = self.pages.iter().map(|page| Ok((page.as_str(), self.filled(&folder, page)?.1)));
        let pages = pages.collect::<Result<Vec<_>, FilesError>>()?;
        let stale = self.stale(&folder)?;
        let manifest = self.manifest();
        let manifest = std::iter::once((MANIFEST, manifest.as_str()));
        let pages = pages.iter().map(|(page, text)| (*page, text.as_str()));
        let all: Vec<(&str, &str)> = self.iter().chain(manifest).chain(pages).collect();
        let changed: Vec<bool> = all
            .iter()
            .map(|(path, text)| Ok(folder.read(path)?.is_none_or(|found| found != text.as_bytes())))
            .collect::<Result<_, FilesError>>()?;
        for path in &stale {
            folder.remove(path)?;
        }
        let mut changed = all.iter().zip(changed).filter(|(_, changed)| *changed);
        changed.try_for_each(|((path, text), _)| folder.replace(path, text))
    }

    /// How the files below `directory` differ from these; empty where nothing does.
    ///
    /// # Errors
    ///
    /// [`FilesError`] with a file that is there and cannot be read, as [`write_to`](Self::write_to) would not, or a page
    /// that is missing or asks for a part that there is not.
    pub fn check_against(&self, directory: &Path) -> Result<Vec<Difference>, FilesError> {
        let folder = Folder::new(directory)?;
        let mut differences: Vec<Difference> =
            self.stale(&folder)?.into_iter().map(|path| Difference::Stale { path }).collect();
        let manifest = self.manifest();
        let manifest = std::iter::once((MANIFEST, manifest.as_str()));
        for (path, text) in self.iter().chain(manifest) {
            match folder.read(path)? {
                None => differences.push(Difference::Missing { path: path.to_owned() }),
                Some(found) if found != text.as_bytes() => {
                    differences.push(changed(path, &String::from_utf8_lossy(&found), text));
                }
                Some(_) => {}
            }
        }
        for page in &self.pages {
            let (found, filled) = self.filled(&folder, page)?;
            if found != filled {
                differences.push(changed(page, &found, &filled));
            }
        }
        Ok(differences)
    }

    /// A page as it is, and with its generated parts as they would be.
    fn filled(&self, folder: &Folder, page: &str) -> Result<(String, String), FilesError> {
        let failed = |source: io::Error| folder.failed(page, source);
        let found = folder.read(page)?.ok_or_else(|| failed(io::ErrorKind::NotFound.into()))?;
        let found = String::from_utf8(found).map_err(|error| failed(io::Error::other(error)))?;
        let filled = page::filled(&found, &self.parts).map_err(|wrong| failed(io::Error::other(wrong)))?;
        Ok((found, filled))
    }

    /// The files of the last run that are still there and not among these.
    fn stale(&self, folder: &Folder) -> Result<BTreeSet<String>, FilesError> {
        let manifest = folder.read(MANIFEST)?.unwrap_or_default();
        let manifest = String::from_utf8_lossy(&manifest);
        let first = |path: &str| path.split('/').next().map(str::to_owned);
        let roots: BTreeSet<String> =
            self.files.keys().filter_map(|path| first(path)).chain(["deploy".into(), "docs".into()]).collect();
        let mut stale = BTreeSet::new();
        for (number, path) in (1..).zip(manifest.lines()) {
            if path.is_empty() || path.starts_with('#') || self.files.contains_key(path) || self.pages.contains(path) {
                continue;
            }
            if !is_sound(path) || !first(path).is_some_and(|root| roots.contains(&root)) {
                let message = format!("line {number} names no file that was generated here: {}", shown(path));
                return Err(folder.failed(MANIFEST, io::Error::other(message)));
            }
            if folder.read(path)?.is_some() {
                stale.insert(path.to_owned());
            }
        }
        Ok(stale)
    }
}

fn changed(path: &str, found: &str, expected: &str) -> Difference {
    let line = found.lines().zip(expected.lines()).take_while(|(a, b)| a == b).count();
    Difference::Changed { path: path.to_owned(), line: line + 1, diff: diff(found, expected) }
}
