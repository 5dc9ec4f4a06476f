//! The disks' use of active worktrees: what is watched, and how each is measured.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, TryRecvError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use telemetry_core::text::{MESSAGE, NAME, cut};
use telemetry_core::{Family, Live, Meter};
use tracing::dispatcher::{self, Dispatch};
use tracing::subscriber::NoSubscriber;

use super::counted::{Bounds, Clock, Counted};
use super::measure::Measure;
use super::turns::Turns;
use crate::metrics::DiskMetrics;
use crate::settings::VcsSettings;

/// A measurement looks at its time between two entries. One that does not return for that much longer hangs in a file
/// system that does not answer.
const GRACE: Duration = Duration::from_secs(5);

/// So many measurements may hang; with as many, nothing is measured until one returns.
const MOST_HANGING: usize = 4;

/// How the disk use of worktrees is measured; cheap to clone.
#[derive(Clone)]
pub(crate) struct Disks {
    family: Family<DiskMetrics>,
    turns: Arc<Turns<Disk>>,
    hanging: Arc<AtomicUsize>,
    measure: Measure,
    is_on: bool,
    interval: Duration,
    bounds: Bounds,
}

/// A worktree whose disk use is measured until this is dropped.
pub(crate) struct WatchedDisk {
    /// There until this is dropped.
    disk: Option<Arc<Disk>>,
    turns: Arc<Turns<Disk>>,
}

struct Disk {
    worktree_id: Box<str>,
    path: PathBuf,
    family: Family<DiskMetrics>,
    /// Taken when the worktree is no longer there, so that its series ends at once.
    live: Mutex<Option<Live<DiskMetrics>>>,
    measure: Measure,
    bounds: Bounds,
    hanging: Arc<AtomicUsize>,
    is_hanging: AtomicBool,
    is_over: AtomicBool,
    /// What was said last of why it is not measured wholly.
    said: Mutex<Option<&'static str>>,
    /// Who listened when the worktree came.
    told_to: Dispatch,
}

impl Disks {
    pub(crate) fn new(meter: &Meter, settings: &VcsSettings, measure: Measure) -> Self {
        Self {
            family: Family::new(meter),
            turns: Arc::default(),
            hanging: Arc::default(),
            measure,
            is_on: settings.disk_usage,
            interval: settings.disk_interval,
            bounds: Bounds { timeout: settings.disk_timeout, entries: settings.disk_max_entries },
        }
    }

    /// The same, measured otherwise.
    pub(crate) fn measured_by(&self, measure: Measure) -> Self {
        Self { measure, turns: Arc::default(), ..self.clone() }
    }

    /// Has a worktree measured, if that is wanted.
    pub(crate) fn watch(&self, worktree_id: &str, path: &Path) -> Option<WatchedDisk> {
        if !self.is_on {
            return None;
        }
        let disk = Arc::new(Disk {
            worktree_id: worktree_id.into(),
            path: path.to_owned(),
            family: self.family.clone(),
            live: Mutex::new(Some(self.family.live(worktree_id))),
            measure: self.measure.clone(),
            bounds: self.bounds,
            hanging: Arc::clone(&self.hanging),
            is_hanging: AtomicBool::new(false),
            is_over: AtomicBool::new(false),
            said: Mutex::new(None),
            told_to: dispatcher::get_default(Clone::clone),
        });
        if let Err(error) = self.turns.add(&disk, self.interval, Disk::take_turn) {
            disk.say("no_thread", None, Some(&error));
        }
        Some(WatchedDisk { disk: Some(disk), turns: Arc::clone(&self.turns) })
    }
}

/// A measurement under way, on its thread.
struct Turn(Arc<Disk>);

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.returned();
    }
}

impl Drop for WatchedDisk {
    fn drop(&mut self) {
        if let Some(disk) = self.disk.take() {
            disk.is_over.store(true, Ordering::Relaxed);
            drop(disk.live.lock().unwrap_or_else(PoisonError::into_inner).take());
        }
        self.turns.look();
    }
}

impl Disk {
    /// One measurement, on a thread that is left to itself where it hangs.
    fn take_turn(self: &Arc<Self>) {
        if self.is_hanging.load(Ordering::Acquire) {
            return;
        }
        if self.hanging.load(Ordering::Relaxed) >= MOST_HANGING {
            self.say("others_hang", None, None);
            return;
        }
        let (tell, told) = mpsc::sync_channel(1);
        let turn = Turn(Arc::clone(self));
        let started = thread::Builder::new().name("telemetry-disk".to_owned()).spawn(move || {
            // In this order: what is told of a turn is told before it ends, also by a panic.
            let (Turn(disk), tell) = (&turn, tell);
            let clock = Clock::new(disk.bounds.timeout, &disk.is_over);
            // Nobody listens to one that hung: what it found is old.
            let _is_heard = tell.send(disk.measure.of(&disk.path, disk.bounds, &clock));
        });
        if let Err(error) = started {
            self.say("no_thread", None, Some(&error));
            return;
        }
        match told.recv_timeout(self.bounds.timeout + GRACE) {
            Ok(Ok(counted)) => self.report(counted),
            Ok(Err(error)) => self.left_out("unreadable", Some(&error)),
            Err(RecvTimeoutError::Disconnected) => self.left_out("panicked", None),
            Err(RecvTimeoutError::Timeout) => {
                self.hanging.fetch_add(1, Ordering::Relaxed);
                self.is_hanging.store(true, Ordering::Release);
                // It may have returned before it was known to hang.
                if !matches!(told.try_recv(), Err(TryRecvError::Empty)) {
                    self.returned();
                }
                self.left_out("hangs", None);
            }
        }
    }

    /// It hangs no longer, if it did.
    fn returned(&self) {
        if self.is_hanging.swap(false, Ordering::AcqRel) {
            self.hanging.fetch_sub(1, Ordering::Relaxed);
        }
    }

    fn report(&self, counted: Counted) {
        // Anew each time: the meter may have come after the worktree.
        self.set(|live| live.usage.set(counted.bytes as f64));
        match counted.part {
            Some(part) if !self.is_over.load(Ordering::Relaxed) => self.say(part.as_str(), Some(counted.bytes), None),
            Some(_) => {}
            None => *self.said.lock().unwrap_or_else(PoisonError::into_inner) = None,
        }
    }

    fn left_out(&self, why: &'static str, error: Option<&io::Error>) {
        self.set(|live| live.usage.at(()).clear());
        if !self.is_over.load(Ordering::Relaxed) {
            self.say(why, None, error);
        }
    }

    fn set(&self, set: impl FnOnce(&Live<DiskMetrics>)) {
        if let Some(live) = &mut *self.live.lock().unwrap_or_else(PoisonError::into_inner) {
            *live = self.family.live(&self.worktree_id);
            set(live);
        }
    }

    /// Says why not all of it is measured, once until that changes.
    fn say(&self, why: &'static str, bytes: Option<u64>, error: Option<&io::Error>) {
        if self.said.lock().unwrap_or_else(PoisonError::into_inner).replace(why) == Some(why) {
            return;
        }
        if self.told_to.is::<NoSubscriber>() {
            self.tell(why, bytes, error);
        } else {
            dispatcher::with_default(&self.told_to, || self.tell(why, bytes, error));
        }
    }

    fn tell(&self, why: &str, bytes: Option<u64>, error: Option<&io::Error>) {
        let path = self.path.to_string_lossy();
        let (worktree_id, path) = (&*cut(&self.worktree_id, NAME), &*cut(&path, MESSAGE));
        let error = error.map(ToString::to_string);
        match bytes {
            Some(bytes) => {
                let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
                tracing::warn!(worktree_id, path, why, bytes, "disk use of a worktree is counted in part");
            }
            None => tracing::warn!(worktree_id, path, why, error, "disk use of a worktree is not measured"),
        }
    }
}

impl fmt::Debug for Disks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Disks").field("is_on", &self.is_on).field("measure", &self.measure).finish_non_exhaustive()
    }
}
