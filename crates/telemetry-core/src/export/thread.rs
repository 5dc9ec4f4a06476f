//! The exporter's own thread and runtime.

use std::io;
use std::thread::{self, ThreadId};

use opentelemetry::Context;
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

use crate::contained::contained;

/// The exporter's own thread, which drives an own runtime: exports neither need the application's runtime nor stop
/// when that one is blocked.
#[derive(Debug)]
pub(crate) struct ExportThread {
    handle: Handle,
    id: ThreadId,
    stop: Option<oneshot::Sender<()>>,
}

impl ExportThread {
    pub(crate) fn start() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().thread_name("telemetry-blocking").build()?;
        let handle = runtime.handle().clone();
        // Names are resolved and files read there. Where no thread is left for that, it shows now.
        contained(|| handle.spawn_blocking(|| {})).map_err(|panicked| io::Error::other(panicked.to_string()))?;
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = thread::Builder::new().name("telemetry-export".to_owned()).spawn(move || {
            // What the export path itself would log or trace is not telemetry of the application.
            let _suppressed = Context::enter_telemetry_suppressed_scope();
            let _dropped_or_sent = runtime.block_on(stopped);
            // Waits for nothing: neither for a name that does not resolve nor for a call that is not answered.
            runtime.shutdown_background();
        })?;
        Ok(Self { handle, id: thread.thread().id(), stop: Some(stop) })
    }

    pub(crate) fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Which thread it is.
    pub(crate) fn id(&self) -> ThreadId {
        self.id
    }
}

impl Drop for ExportThread {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _already_gone = stop.send(());
        }
    }
}
