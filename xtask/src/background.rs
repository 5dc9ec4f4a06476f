//! Work that goes on beside the steps of a command.

use std::thread::{self, JoinHandle};

use crate::command::Result;

pub(crate) struct Background {
    name: &'static str,
    thread: JoinHandle<Result>,
}

impl Background {
    pub(crate) fn start(name: &'static str, work: impl FnOnce() -> Result + Send + 'static) -> Self {
        Self { name, thread: thread::spawn(work) }
    }

    /// Waits for its end.
    pub(crate) fn join(self) -> Result {
        let panicked = |_| Err(format!("the thread of {} panicked", self.name).into());
        self.thread.join().unwrap_or_else(panicked)
    }
}
