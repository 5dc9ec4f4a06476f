//! The size of a database, as long as somebody tells it.

use std::fmt;

use telemetry_core::Live;

use crate::metrics::SizeMetrics;

/// The size of one database, `agentpane_db_size_bytes{database}`: its series ends when this is dropped.
///
/// ```
/// use telemetry_db::Db;
///
/// let size = Db::global().size("tasks");
/// size.set(12 << 20); // what the application has read
/// size.read_with(|| std::fs::metadata("tasks.db").ok().map(|file| file.len())); // or what is read at each collection
/// ```
#[must_use = "the series of the size ends when this is dropped"]
pub struct DatabaseSize(Live<SizeMetrics>);

impl DatabaseSize {
    pub(crate) fn new(live: Live<SizeMetrics>) -> Self {
        Self(live)
    }

    /// Tells the size, in bytes.
    pub fn set(&self, bytes: u64) {
        self.0.size.set(bytes as f64);
    }

    /// The size is not known any more: its series is left out until the next [`set`](Self::set).
    pub fn clear(&self) {
        self.0.size.at(()).clear();
    }

    /// Has the size read at each collection, in bytes, on a thread of the telemetry's; `None` leaves the series out. The
    /// first closure stays; whether this one was the first is returned.
    pub fn read_with(&self, read: impl Fn() -> Option<u64> + Send + Sync + 'static) -> bool {
        self.0.size.read_with(move |report| {
            if let Some(bytes) = read() {
                report((), bytes as f64);
            }
        })
    }
}

impl fmt::Debug for DatabaseSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseSize").finish_non_exhaustive()
    }
}
