//! The metrics of the process, read from the platform and the allocator at each collection.

use std::fmt;

use telemetry_core::{Meter, Single};

use crate::metrics::{CpuMode, MemoryType, ProcessMetrics};
use crate::uptime::uptime;

/// What is to be observed of the process: what the platform tells, and what the application's allocator does.
///
/// ```
/// use telemetry_core::Meter;
/// use telemetry_health::{Heap, Process};
///
/// let meter = Meter::noop();
/// let observed = Process::new().heap(|| Heap { used: Some(12 << 20), ..Heap::default() }).observe(&meter);
/// # drop(observed);
/// ```
///
/// On Linux that is memory, CPU time, open file descriptors and their limit, and uptime, read from `/proc/self` at each collection.
/// Elsewhere it is the uptime, counted from the first time that it was asked. What is not told is left out.
#[derive(Default)]
#[must_use = "a process is observed from `observe` on"]
pub struct Process {
    heap: Option<Box<dyn Fn() -> Heap + Send + Sync>>,
}

/// What an allocator tells, in bytes; what it does not tell is left out of the metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Heap {
    /// What the application has allocated.
    pub used: Option<u64>,
    /// What the allocator holds, used or not.
    pub total: Option<u64>,
    /// What the application holds outside its heap.
    pub external: Option<u64>,
}

/// A process that is observed: the series of its metrics end when this is dropped.
#[must_use = "the process's series end when this is dropped"]
pub struct ObservedProcess {
    _metrics: Single<ProcessMetrics>,
}

impl Process {
    /// What the platform tells.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds what the application's allocator tells. The closure runs at each collection, on the collecting thread, and
    /// must not block.
    pub fn heap(mut self, read: impl Fn() -> Heap + Send + Sync + 'static) -> Self {
        self.heap = Some(Box::new(read));
        self
    }

    /// Observes the process until what is returned is dropped. While a process is observed already by the same meter,
    /// that goes on as it is.
    ///
    /// The meter has to be there: the global one after the telemetry has been initialised.
    pub fn observe(self, meter: &Meter) -> ObservedProcess {
        let metrics = Single::<ProcessMetrics>::new(meter);
        let heap = self.heap;
        metrics.memory.read_with(move |report| {
            platform::memory(&|kind, bytes| report(kind, bytes as f64));
            let heap = heap.as_ref().map(|read| read()).unwrap_or_default();
            for (kind, bytes) in [
                (MemoryType::HeapUsed, heap.used),
                (MemoryType::HeapTotal, heap.total),
                (MemoryType::External, heap.external),
            ] {
                if let Some(bytes) = bytes {
                    report(kind, bytes as f64);
                }
            }
        });
        metrics.cpu.read_with(|report| platform::cpu(report));
        metrics.open_fds.read_with(|report| {
            if let Some(open) = platform::open_fds() {
                report((), open as f64);
            }
        });
        metrics.max_fds.read_with(|report| {
            if let Some(most) = platform::max_fds() {
                report((), most as f64);
            }
        });
        metrics.uptime.read_with(|report| report((), uptime().as_secs_f64()));
        ObservedProcess { _metrics: metrics }
    }
}

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Process").field("heap", &self.heap.is_some()).finish()
    }
}

impl fmt::Debug for ObservedProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObservedProcess").finish_non_exhaustive()
    }
}

#[cfg(target_os = "linux")]
mod platform {
    use procfs::process::{LimitValue, Process, Stat};

    use super::{CpuMode, MemoryType};

    fn stat() -> Option<Stat> {
        Process::myself().and_then(|process| process.stat()).ok()
    }

    pub(super) fn memory(report: &dyn Fn(MemoryType, u64)) {
        if let Some(stat) = stat() {
            report(MemoryType::Rss, stat.rss.saturating_mul(procfs::page_size()));
            report(MemoryType::Virtual, stat.vsize);
        }
    }

    pub(super) fn cpu(report: &dyn Fn(CpuMode, f64)) {
        if let Some(stat) = stat() {
            let seconds = |ticks: u64| ticks as f64 / procfs::ticks_per_second() as f64;
            report(CpuMode::User, seconds(stat.utime));
            report(CpuMode::System, seconds(stat.stime));
        }
    }

    /// What the system lets the process have, unless that is without a limit.
    pub(super) fn max_fds() -> Option<u64> {
        let limits = Process::myself().and_then(|process| process.limits()).ok()?;
        match limits.max_open_files.soft_limit {
            LimitValue::Value(most) => Some(most),
            LimitValue::Unlimited => None,
        }
    }

    pub(super) fn open_fds() -> Option<u64> {
        const OPEN: &str = "/proc/self/fd";
        // From Linux 6.2 on the folder's size is their number; before, they are counted, without the one that this takes.
        match std::fs::metadata(OPEN).ok()?.len() {
            0 => Some((std::fs::read_dir(OPEN).ok()?.count() as u64).saturating_sub(1)),
            open => Some(open),
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod platform {
    use super::{CpuMode, MemoryType};

    pub(super) fn memory(_report: &dyn Fn(MemoryType, u64)) {}

    pub(super) fn cpu(_report: &dyn Fn(CpuMode, f64)) {}

    pub(super) fn open_fds() -> Option<u64> {
        None
    }

    pub(super) fn max_fds() -> Option<u64> {
        None
    }
}
