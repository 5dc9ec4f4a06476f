//! nginx, unpacked from Debian's package, or the one that is installed.
#![expect(clippy::print_stderr, reason = "which nginx it is wants to be seen")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::Result;
use crate::process::{output, run};
use crate::{go_tools, workspace};

/// The package, in a version that its distribution mends and does not change.
const PACKAGE: &str = "nginx=1.22.*";

/// Gets it, if it is not there: unpacked and not installed, so that no service is started.
pub(crate) fn get() -> Result {
    let program = go_tools::dir().join("nginx");
    if program.exists() {
        return Ok(());
    }
    fs::create_dir_all(go_tools::dir())?;
    if program.is_symlink() {
        // What it led to is gone.
        fs::remove_file(&program)?;
    }
    let unpacked = unpack().or_else(|error| {
        // The lists of packages are missing, or older than what is on offer.
        run(Command::new("apt-get").args(["update", "-qq"])).map_err(|_| error)?;
        unpack()
    });
    let found = match unpacked {
        Ok(found) => found,
        Err(error) => installed().ok_or_else(|| {
            format!("the end-to-end tests need nginx, by `apt-get install nginx` or its like: {error}")
        })?,
    };
    let said = Command::new(&found).arg("-v").output()?.stderr;
    eprintln!("{} of {}", String::from_utf8_lossy(&said).trim(), found.display());
    Ok(std::os::unix::fs::symlink(found, program)?)
}

fn unpack() -> Result<PathBuf> {
    let folder = workspace::target().join("tools-nginx");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    run(Command::new("apt-get").args(["download", "-qq", PACKAGE]).current_dir(&folder))?;
    let package = fs::read_dir(&folder)?.next().ok_or("apt-get downloaded nothing")??.path();
    run(Command::new("dpkg-deb").arg("--extract").arg(package).arg(&folder))?;
    Ok(folder.join("usr/sbin/nginx"))
}

/// The one on the path, or where Debian has it, which is on the path of root alone.
fn installed() -> Option<PathBuf> {
    let on_path = output(Command::new("sh").args(["-c", "command -v nginx"])).ok();
    let on_path = on_path.map(|path| PathBuf::from(path.trim()));
    on_path.into_iter().chain([Path::new("/usr/sbin/nginx").to_owned()]).find(|path| path.is_file())
}
