//! What holds for all runs of tools.

use std::path::{Path, PathBuf};

use telemetry_core::Settings;

use crate::process::Limits;

/// What holds for all runs unless a run says otherwise.
#[derive(Settings, Debug, Clone, PartialEq, Eq)]
#[settings(key = "tool", env = "TELEMETRY_TOOL", title = "Tools")]
pub struct ToolSettings {
    /// What a tool process may use, and how long its end may take.
    #[setting(group)]
    pub limits: Limits,
    /// Whether tools keep the terminal of the application, if it has one. Without it each runs in a session of its own then,
    /// and one that asks the terminal (for a password, or with `stty`) fails at once; with it, such a tool is stopped until
    /// its timeout. A session is begun by a fork, which takes long where the application holds gigabytes.
    #[setting(default = false)]
    pub keep_terminal: bool,
    /// Whether a watchdog ends the tools that run when the application dies, by whatever cause: SIGTERM, and after the
    /// grace period SIGKILL. It is one shell for the whole process, and starts with the first tool.
    #[setting(default = true)]
    pub watchdog: bool,
    /// The shell that the watchdog is; in an image without one, that of busybox. Where it is missing, that is said once and
    /// tools run without a watchdog. The setting of the first run counts for the whole process.
    #[setting(
        default = PathBuf::from("/bin/sh"), check = check_shell, accepts = SHELLS, example = "/busybox/sh"
    )]
    pub watchdog_shell: PathBuf,
    /// Whether processes that left the group of their tool (daemons) are reaped as well where they become children of the
    /// application, because it is PID 1 of a container or a sub-reaper; on Linux. What stays in the group is reaped in any
    /// case. A child of the application's own is touched only if it has another process group than the application, and
    /// nobody has waited for it 5 s after its end.
    #[setting(default = false)]
    pub reap_orphans: bool,
    /// The version of what runs the tools, on spans as `runtime_version`.
    #[setting(example = "1.3.0")]
    pub runtime_version: Option<String>,
    /// Whether spans carry the version as `bun_version` too, for queries written against that name.
    #[setting(default = false)]
    pub bun_version: bool,
}

/// What a shell may be: found in the working directory of the day, it would be anybody's.
const SHELLS: &str = "the absolute path of a shell";

fn check_shell(shell: &Path) -> Result<(), String> {
    if shell.is_absolute() { Ok(()) } else { Err(SHELLS.to_owned()) }
}
