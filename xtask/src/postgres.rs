//! PostgreSQL, unpacked from Debian's package, or the one that is installed.
#![expect(clippy::print_stderr, reason = "which PostgreSQL it is wants to be seen")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::Result;
use crate::process::{output, run};
use crate::{go_tools, workspace};

/// The package of the server, in a version that its distribution mends and does not change, and the library that its
/// programs share with clients.
const PACKAGES: [&str; 2] = ["postgresql-15=15.*", "libpq5"];

/// Where the package has its programs. It finds its files beside them, wherever they lie.
const PROGRAMS: &str = "usr/lib/postgresql/15/bin";

/// Gets it, if it is not there: unpacked and not installed, so that no service is started.
pub(crate) fn get() -> Result {
    let programs = go_tools::dir().join("postgres");
    if programs.join("postgres").exists() {
        return Ok(());
    }
    fs::create_dir_all(go_tools::dir())?;
    if programs.is_symlink() {
        // What it led to is gone.
        fs::remove_file(&programs)?;
    }
    let unpacked = unpack().or_else(|error| {
        // The lists of packages are missing, or older than what is on offer.
        run(Command::new("apt-get").args(["update", "-qq"])).map_err(|_| error)?;
        unpack()
    });
    let found = match unpacked.and_then(|found| runs(&found).map(|said| (found, said))) {
        Ok(found) => found,
        Err(error) => installed().ok_or_else(|| {
            format!("the end-to-end tests need PostgreSQL, by `apt-get install postgresql` or its like: {error}")
        })?,
    };
    eprintln!("{} of {}", found.1.trim(), found.0.display());
    Ok(std::os::unix::fs::symlink(found.0, programs)?)
}

fn unpack() -> Result<PathBuf> {
    let folder = workspace::target().join("tools-postgres");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let packages = folder.join("packages");
    fs::create_dir_all(&packages)?;
    run(Command::new("apt-get").args(["download", "-qq"]).args(PACKAGES).current_dir(&packages))?;
    for package in fs::read_dir(&packages)? {
        run(Command::new("dpkg-deb").arg("--extract").arg(package?.path()).arg(&folder))?;
    }
    Ok(folder.join(PROGRAMS))
}

/// What the server says of itself: libraries that it needs may not be there.
fn runs(programs: &Path) -> Result<String> {
    output(Command::new(programs.join("postgres")).arg("--version"))
}

/// The one that is installed, which no path leads to.
fn installed() -> Option<(PathBuf, String)> {
    let mut versions: Vec<PathBuf> =
        fs::read_dir("/usr/lib/postgresql").ok()?.flatten().map(|entry| entry.path()).collect();
    versions.sort();
    versions.into_iter().rev().map(|version| version.join("bin")).find_map(|programs| {
        let said = runs(&programs).ok()?;
        Some((programs, said))
    })
}
