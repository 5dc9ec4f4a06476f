//! The watchdog: a shell that outlives this process by a moment, and ends the tools that it leaves behind.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};
use std::hash::{BuildHasher as _, RandomState};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{self, Stdio};
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::net::{SendFlags, send};
use tokio::process::Command;

use super::session::set_apart;

/// What the shell does. It reads from a socket whose other end nobody has but this process: `+ tool tenths` for a tool that
/// starts or runs, with its grace period in tenths of a second, `- tool` for one that ended. The end of the file is the
/// death of this process, however that came.
const SCRIPT: &str = include_str!("watchdog.sh");

/// The variable of a tool's environment that holds its mark. A tool that has started, and whose number the watchdog has not
/// been told yet, is found by it.
pub(super) const MARK: &str = "TOOL_WATCHDOG_MARK";

/// One that dies sooner than that is not started again.
const SHORT_LIVED: Duration = Duration::from_secs(1);

/// Nothing waits for the watchdog, and no signal ends who writes to one that died.
#[cfg(not(target_vendor = "apple"))]
const FLAGS: SendFlags = SendFlags::DONTWAIT.union(SendFlags::NOSIGNAL);
/// The standard library has turned the signal off for each socket that it makes there.
#[cfg(target_vendor = "apple")]
const FLAGS: SendFlags = SendFlags::DONTWAIT;

/// A tool as the watchdog knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    /// It starts.
    Mark(u64),
    /// It runs, and leads this group.
    Group(i32),
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mark(number) => write!(f, "@{number}"),
            Self::Group(number) => write!(f, "{number}"),
        }
    }
}

/// The tools there are, and how long each may take to clean up; `None` where it is not watched.
type Watched = BTreeMap<Key, Option<Duration>>;

/// The watchdog of this process.
pub(super) enum Watch {
    /// No tool has run yet that is to be watched.
    Asleep,
    Awake(Watchdog),
    /// There can be none, which has been said.
    Unavailable,
}

/// A watchdog that runs, and what it knows.
pub(super) struct Watchdog {
    shell: PathBuf,
    line: UnixStream,
    /// With which the marks of this process begin, for this watchdog.
    prefix: String,
    told: BTreeSet<Key>,
    /// The rest of what it was told, as far as it has not taken it yet.
    unsent: Vec<u8>,
    since: Instant,
}

impl Watch {
    /// Starts the watchdog unless there is one. Within a tokio runtime, which reaps it should it die.
    pub(super) fn start(&mut self, shell: &Path) {
        // Where this process is PID 1, the system ends all others with it.
        if !matches!(self, Self::Asleep) || process::id() == 1 {
            return;
        }
        match Watchdog::start(shell) {
            Ok(watchdog) => *self = Self::Awake(watchdog),
            Err(error) => self.give_up(shell, &error),
        }
    }

    /// The mark of a tool; `None` where nobody would look for it.
    pub(super) fn mark(&self, tool: Key) -> Option<String> {
        match (self, tool) {
            (Self::Awake(watchdog), Key::Mark(number)) if cfg!(target_os = "linux") => {
                // The end is marked as well, so that no mark begins with another.
                Some(format!("{}{number}.", watchdog.prefix))
            }
            _ => None,
        }
    }

    /// Tells the watchdog which tools there are, and whether it is to be told more than it takes now. One that died is no
    /// error here: the next tool starts another.
    pub(super) fn tell(&mut self, tools: &Watched) -> bool {
        let Self::Awake(watchdog) = self else { return false };
        let error = match watchdog.tell(tools) {
            Ok(is_told) => return !is_told,
            Err(error) => error,
        };
        if watchdog.since.elapsed() > SHORT_LIVED {
            *self = Self::Asleep;
        } else {
            let shell = std::mem::take(&mut watchdog.shell);
            self.give_up(&shell, &error.into());
        }
        false
    }

    fn give_up(&mut self, shell: &Path, error: &io::Error) {
        *self = Self::Unavailable;
        tracing::warn!(
            shell = %shell.display(),
            error = %error,
            "tools run without a watchdog: they go on should this process be killed. The setting tool.watchdog_shell names \
             another shell, and tool.watchdog turns it off"
        );
    }
}

impl Watchdog {
    fn start(shell: &Path) -> io::Result<Self> {
        let (line, theirs) = UnixStream::pair()?;
        let now = Instant::now();
        let prefix = format!("{}-{:x}-", process::id(), RandomState::new().hash_one(now));
        let mut command = Command::new(shell);
        command.args(["-c", SCRIPT, "sh", &format!("{MARK}={prefix}")]);
        // It holds nothing of this process: no secrets of its environment, no directory, no output that somebody reads to
        // its end. And no signal of the terminal reaches it.
        command.env_clear().env("PATH", "/usr/bin:/bin").current_dir("/");
        command.stdin(Stdio::from(OwnedFd::from(theirs))).stdout(Stdio::null()).stderr(Stdio::null());
        set_apart(&mut command, false)?;
        // Dropped, the child is tokio's to reap.
        drop(command.spawn()?);
        let shell = shell.to_owned();
        Ok(Self { shell, line, prefix, told: BTreeSet::new(), unsent: Vec::new(), since: now })
    }

    /// Tells it what it does not know yet, all at once: what has a number now before it loses its mark. While it has not
    /// taken what it was told before, it is told nothing more. Whether it has taken all.
    fn tell(&mut self, tools: &Watched) -> Result<bool, Errno> {
        if !self.flush()? {
            return Ok(false);
        }
        let mut news = String::new();
        for (&tool, grace) in tools {
            if let Some(grace) = grace
                && self.told.insert(tool)
            {
                let tenths = grace.as_millis().div_ceil(100).min(1_000_000);
                let _ = writeln!(news, "+ {tool} {tenths}");
            }
        }
        self.told.retain(|tool| {
            let is_there = tools.contains_key(tool);
            if !is_there {
                let _ = writeln!(news, "- {tool}");
            }
            is_there
        });
        self.unsent.extend_from_slice(news.as_bytes());
        self.flush()
    }

    /// Whether nothing is left to be sent.
    fn flush(&mut self) -> Result<bool, Errno> {
        while !self.unsent.is_empty() {
            match send(&self.line, &self.unsent, FLAGS) {
                Ok(sent) => _ = self.unsent.drain(..sent),
                Err(Errno::AGAIN) => return Ok(false),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }
}
