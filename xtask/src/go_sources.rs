//! The sources of a tool, with a file of ours in the place of one of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::Result;
use crate::process::output;

/// A file that is built in the place of a tool's own, where that brings in minutes of work that no test needs.
pub(crate) struct Replaced {
    /// The module whose file it is.
    pub(crate) module: &'static str,
    /// Its path there.
    pub(crate) path: &'static str,
    /// Ours, in the folder of the tool's module.
    pub(crate) ours: &'static str,
}

impl Replaced {
    /// Copies the module's sources and writes a `go.mod` that names the copy; both go into this folder, and it returns the
    /// path of the latter.
    pub(crate) fn write(&self, module_dir: &Path, go: impl Fn() -> Command, into: &Path) -> Result<PathBuf> {
        output(go().args(["mod", "download", self.module]).current_dir(module_dir))?;
        let found = output(go().args(["list", "-m", "-f", "{{.Dir}}", self.module]).current_dir(module_dir))?;
        let sources = into.join("sources");
        if sources.exists() {
            fs::remove_dir_all(&sources)?;
        }
        copy(Path::new(found.trim()), &sources)?;
        // Files of the module cache cannot be written, and neither can copies of them.
        let file = sources.join(self.path);
        fs::remove_file(&file)?;
        fs::copy(module_dir.join(self.ours), &file)?;
        let go_mod = into.join("go.mod");
        let declared = fs::read_to_string(module_dir.join("go.mod"))?;
        fs::write(&go_mod, format!("{declared}\nreplace {} => {}\n", self.module, sources.display()))?;
        fs::write(go_mod.with_extension("sum"), fs::read(module_dir.join("go.sum"))?)?;
        Ok(go_mod)
    }
}

/// Copies a folder with all that is in it.
fn copy(from: &Path, to: &Path) -> Result {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let into = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &into)?;
        } else {
            fs::copy(entry.path(), into)?;
        }
    }
    Ok(())
}
