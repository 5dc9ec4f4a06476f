//! The queues of a log and their writers.

use std::io;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::notice::Notices;
use super::queue::{Batch, Queue, Work};
use crate::error::LogsError;
use crate::level::LogLevel;

/// How long a writer sleeps at most.
const IDLE: Duration = Duration::from_secs(1);

/// Where a writer writes.
pub(crate) trait Destination: Send + 'static {
    /// Whether lines of each level are written apart.
    const BY_LEVEL: bool;

    /// Writes whole lines of one level. What cannot be written it says itself.
    fn write(&mut self, level: LogLevel, lines: &[u8]);

    /// What is to be done from time to time.
    fn tick(&mut self) {}
}

/// A queue with its writer, which ends once nobody pushes any more.
pub(crate) struct Sink(Arc<Queue>);

impl Sink {
    /// Starts the writer.
    pub(crate) fn start<D: Destination>(
        name: &str,
        limit: usize,
        notices: Notices,
        mut destination: D,
    ) -> Result<Self, LogsError> {
        let queue = Arc::new(Queue::new(limit, D::BY_LEVEL));
        let of_writer = Arc::clone(&queue);
        let spawned: io::Result<_> = thread::Builder::new().name(name.to_owned()).spawn(move || {
            let _ended = Ended(&of_writer);
            let mut batch = Batch::default();
            loop {
                match of_writer.next(&mut batch, IDLE) {
                    Work::Write { dropped } => {
                        for level in LogLevel::ALL {
                            if !batch[level.index()].is_empty() {
                                destination.write(level, &batch[level.index()]);
                            }
                        }
                        if dropped > 0 {
                            let line = notices.dropped(dropped);
                            destination.write(LogLevel::Warn, line.as_bytes());
                        }
                        destination.tick();
                    }
                    Work::Idle => destination.tick(),
                    Work::End => return,
                }
            }
        });
        spawned.map(|_| Self(queue)).map_err(LogsError::Thread)
    }
}

/// Tells whoever waits that nothing is written any more, also after a panic.
struct Ended<'a>(&'a Queue);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// Where the lines of a log go.
#[derive(Default)]
pub(crate) struct Sinks(Vec<Sink>);

impl Sinks {
    /// Whether lines go nowhere.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn add(&mut self, sink: Sink) {
        self.0.push(sink);
    }

    #[inline]
    pub(crate) fn push(&self, level: LogLevel, line: &[u8]) {
        for sink in &self.0 {
            sink.0.push(level, line);
        }
    }

    pub(crate) fn flush(&self, deadline: Instant) -> bool {
        // All of them, also where one hangs.
        self.0.iter().filter(|sink| !sink.0.flush(deadline)).count() == 0
    }
}
