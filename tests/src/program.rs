//! Programs that a test starts, and that end with it.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::{Failure, poll};

/// Every program that runs, for the case that the test itself is told to stop.
static RUNNING: Mutex<Vec<Pid>> = Mutex::new(Vec::new());

/// A program under test. Dropping it kills it.
#[derive(Debug)]
pub struct Program {
    name: String,
    child: Child,
    pid: Pid,
    log: PathBuf,
}

impl Program {
    /// Starts a program. What it says on standard error, and on standard output unless that is piped, goes to a file of
    /// its name in `logs`.
    ///
    /// # Errors
    ///
    /// When the program or the file cannot be had.
    pub fn start(name: &str, command: &mut Command, logs: &Path) -> Result<Self, Failure> {
        let log = logs.join(format!("{name}.log"));
        let file = File::options().create(true).append(true).open(&log)?;
        let child = command.stderr(file).spawn().map_err(|error| format!("cannot start {name}: {error}"))?;
        let id = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        let pid = id.ok_or("a process has an id that is none")?;
        RUNNING.lock().unwrap_or_else(PoisonError::into_inner).push(pid);
        Ok(Self { name: name.to_owned(), child, pid, log })
    }

    /// Waits until it is ready.
    ///
    /// # Errors
    ///
    /// When it is not within that time, or ends before; with the last lines of what it said.
    pub fn wait_ready(&mut self, within: Duration, ready: impl Fn() -> Result<(), Failure>) -> Result<(), Failure> {
        let what = format!("{} is ready", self.name);
        let mut ended = None;
        let result = poll::until(within, &what, || {
            ended = self.child.try_wait()?;
            match ended {
                Some(_) => Ok(()),
                None => ready(),
            }
        });
        match (ended, result) {
            (None, Ok(())) => Ok(()),
            (Some(status), _) => Err(self.with_log(&format!("{} ended with {status}", self.name))),
            (None, Err(error)) => Err(self.with_log(&error.to_string())),
        }
    }

    /// What was asked to be piped of its input and output.
    pub fn pipes(&mut self) -> (Option<ChildStdin>, Option<ChildStdout>) {
        (self.child.stdin.take(), self.child.stdout.take())
    }

    /// Kills it at once, as a machine that fails does.
    ///
    /// # Errors
    ///
    /// When the system does not let us.
    pub fn kill(mut self) -> io::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Asks it to end, and waits for that.
    ///
    /// # Errors
    ///
    /// When it does not end within that time, or with anything but success.
    pub fn stop(self, within: Duration) -> Result<(), Failure> {
        kill_process(self.pid, Signal::TERM)?;
        self.wait(within)
    }

    /// Waits for its end.
    ///
    /// # Errors
    ///
    /// When it does not end within that time, or with anything but success.
    pub fn wait(mut self, within: Duration) -> Result<(), Failure> {
        let status = poll::until(within, &format!("{} ends", self.name), || {
            self.child.try_wait().map_err(|error| error.to_string())?.ok_or_else(|| "it still runs".to_owned())
        });
        match status {
            Ok(status) if ExitStatus::success(&status) => Ok(()),
            Ok(status) => Err(self.with_log(&format!("{} ended with {status}", self.name))),
            Err(error) => Err(self.with_log(&error.to_string())),
        }
    }

    fn with_log(&self, what: &str) -> Failure {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let last = lines[lines.len().saturating_sub(15)..].join("\n  ");
        format!("{what}; {} ends with\n  {last}", self.log.display()).into()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        RUNNING.lock().unwrap_or_else(PoisonError::into_inner).retain(|pid| *pid != self.pid);
    }
}

/// The lines of a program's output as they come.
#[derive(Debug)]
pub struct Lines(mpsc::Receiver<io::Result<String>>);

impl Lines {
    /// Reads them on a thread of their own, so that whoever waits for one can stop waiting.
    ///
    /// # Errors
    ///
    /// When the system has no thread left.
    pub fn of(output: ChildStdout) -> io::Result<Self> {
        let (lines, receiver) = mpsc::channel();
        thread::Builder::new().name("output".to_owned()).spawn(move || {
            for line in BufReader::new(output).lines() {
                if lines.send(line).is_err() {
                    break;
                }
            }
        })?;
        Ok(Self(receiver))
    }

    /// The next line.
    ///
    /// # Errors
    ///
    /// When there is none within that time, or the output has ended.
    pub fn next(&self, within: Duration) -> Result<String, Failure> {
        match self.0.recv_timeout(within) {
            Ok(line) => Ok(line?),
            Err(RecvTimeoutError::Timeout) => Err(format!("the program said nothing within {within:?}").into()),
            Err(RecvTimeoutError::Disconnected) => Err("the program's output has ended".into()),
        }
    }
}

/// A command whose input and output are pipes.
#[must_use]
pub fn piped(mut command: Command) -> Command {
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    command
}

/// From now on SIGTERM and SIGINT to this process kill all programs before they end it.
///
/// # Errors
///
/// When the system has no thread left.
pub fn kill_all_when_stopped() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    thread::Builder::new().name("stop".to_owned()).spawn(move || {
        runtime.block_on(async {
            let (Ok(mut terminate), Ok(mut interrupt)) =
                (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
            else {
                return;
            };
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            for pid in RUNNING.lock().unwrap_or_else(PoisonError::into_inner).iter() {
                let _ = kill_process(*pid, Signal::KILL);
            }
            std::process::exit(130);
        });
    })?;
    Ok(())
}
