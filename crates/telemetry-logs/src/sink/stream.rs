//! Lines to one stream, such as standard error.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use super::sinks::Destination;
use crate::level::LogLevel;

/// A stream that several writers share, each with whole lines.
#[derive(Clone)]
pub(crate) struct SharedStream(Arc<Mutex<Box<dyn Write + Send>>>);

impl SharedStream {
    pub(crate) fn new(stream: Box<dyn Write + Send>) -> Self {
        Self(Arc::new(Mutex::new(stream)))
    }

    pub(crate) fn write(&self, lines: &[u8]) {
        let mut stream = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // There is nobody left to tell that there is no standard error.
        let _closed = stream.write_all(lines).and_then(|()| stream.flush());
    }
}

/// Writes the lines of all levels to one stream.
pub(crate) struct Stream(pub(crate) SharedStream);

impl Destination for Stream {
    const BY_LEVEL: bool = false;

    fn write(&mut self, _: LogLevel, lines: &[u8]) {
        self.0.write(lines);
    }
}
