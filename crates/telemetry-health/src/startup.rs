//! Steps that have to be done before the service is up.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::SystemTime;

use serde_json::Map;

use crate::report::ComponentHealth;
use crate::status::Status;

/// One thing that has to be done before the service is up, such as a migration: a guard that says so.
///
/// Dropped without [`complete`](Self::complete), by an error or a panic, the step has failed, and the service never comes
/// up.
#[derive(Debug)]
#[must_use = "dropped at once, the step has failed"]
pub struct StartupStep {
    step: Arc<Step>,
}

#[derive(Debug)]
pub(crate) struct Step {
    name: String,
    state: AtomicU8,
}

const PENDING: u8 = 0;
const COMPLETE: u8 = 1;
const FAILED: u8 = 2;

impl StartupStep {
    pub(crate) fn new(name: String) -> (Self, Arc<Step>) {
        let step = Arc::new(Step { name, state: AtomicU8::new(PENDING) });
        (Self { step: Arc::clone(&step) }, step)
    }

    /// The step is done.
    pub fn complete(self) {
        self.step.state.store(COMPLETE, Ordering::Release);
    }
}

impl Drop for StartupStep {
    fn drop(&mut self) {
        let failed = self.step.state.compare_exchange(PENDING, FAILED, Ordering::AcqRel, Ordering::Relaxed).is_ok();
        if failed {
            tracing::error!(step = self.step.name, "startup step failed");
        }
    }
}

impl Step {
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.state.load(Ordering::Acquire) == COMPLETE
    }

    pub(crate) fn health(&self) -> ComponentHealth {
        let (status, message) = match self.state.load(Ordering::Acquire) {
            COMPLETE => (Status::Healthy, None),
            FAILED => (Status::Unhealthy, Some("startup failed".to_owned())),
            _ => (Status::Unhealthy, Some("startup is under way".to_owned())),
        };
        ComponentHealth {
            name: self.name.clone(),
            status,
            message,
            latency: None,
            last_check: SystemTime::now(),
            details: Map::new(),
        }
    }
}
