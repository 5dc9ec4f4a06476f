//! A component with its check: one run at a time for all who ask, and what is remembered of it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use telemetry_core::clock::millis;
use telemetry_core::trace::PANIC;
use telemetry_core::{End, Family, Operation, end_event};
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout};
use tracing::Span;

use crate::check::Check;
use crate::finding::Finding;
use crate::metrics::HealthMetrics;
use crate::report::ComponentHealth;
use crate::settings::HealthSettings;
use crate::status::Status;
use crate::verdict::Verdict;

/// A component with what is known of it.
pub(crate) struct Component {
    check: Check,
    worst: Status,
    metrics: Family<HealthMetrics>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    known: Option<Known>,
    /// Where the answer of the check under way comes.
    coming: Option<Coming>,
    /// A check that was given up, until it has ended.
    stray: Option<AbortHandle>,
}

struct Known {
    health: ComponentHealth,
    until: Instant,
}

type Coming = watch::Receiver<Option<ComponentHealth>>;

/// The health of a component that was asked for.
pub(crate) enum Asked {
    Known(ComponentHealth),
    Coming(Coming),
}

/// How long the check may take, and how long what it found is believed.
#[derive(Clone, Copy)]
struct Times {
    timeout: Duration,
    ttl: Duration,
}

impl Component {
    pub(crate) fn new(check: Check, metrics: Family<HealthMetrics>) -> Self {
        let worst = check.check.worst();
        Self { check, worst, metrics, state: Mutex::default() }
    }

    pub(crate) fn name(&self) -> &str {
        &self.check.name
    }

    /// The worst that the component can make of the whole.
    pub(crate) fn weight(&self) -> Status {
        if self.check.required { Status::Unhealthy } else { Status::Degraded }
    }

    /// What is known of the component, if it is not too old; else what the check under way will find, which this starts
    /// if there is none. A check is nobody's own: it goes on when who asked for it has gone.
    pub(crate) fn ask(self: &Arc<Self>, settings: &HealthSettings) -> Asked {
        let mut state = self.lock();
        if let Some(known) = &state.known
            && Instant::now() < known.until
        {
            return Asked::Known(known.health.clone());
        }
        // Closed if the runtime that the check was started in has ended.
        if let Some(coming) = state.coming.as_ref().filter(|coming| coming.has_changed().is_ok()) {
            return Asked::Coming(coming.clone());
        }
        let (answer, coming) = watch::channel(None);
        state.coming = Some(coming.clone());
        drop(state);
        let Check { timeout, ttl, .. } = self.check;
        let times = Times { timeout: timeout.unwrap_or(settings.timeout), ttl: ttl.unwrap_or(settings.ttl) };
        tokio::spawn(Arc::clone(self).run(times, answer));
        Asked::Coming(coming)
    }

    /// What a component answers whose check has been lost with its runtime.
    pub(crate) fn lost(&self) -> ComponentHealth {
        self.health(Finding::Stopped.verdict(Duration::ZERO), None)
    }

    async fn run(self: Arc<Self>, times: Times, answer: watch::Sender<Option<ComponentHealth>>) {
        // Without a span: checks run every few seconds, whether or not anybody asks.
        let mut operation = Operation::start(Span::none);
        let finding = self.look(times.timeout).await;
        let (ran, error_type) = (finding.ran(), finding.error_type());
        let verdict = finding.verdict(times.timeout);
        let outcome = verdict.status.min(self.worst).as_str();
        let end = match error_type {
            None => End::success(outcome),
            Some(PANIC) => End::panicked(outcome),
            Some(error_type) => End::failure(outcome, error_type),
        };
        let latency = operation.end(&end).unwrap_or_default();
        let health = self.health(verdict, Some(latency));
        let metrics = self.metrics.get(self.name());
        metrics.status.set(health.status.level());
        metrics.info.at(self.check.kind).set(1.0);
        if ran {
            metrics.duration.record(latency.as_secs_f64());
        }
        let before = {
            let mut state = self.lock();
            state.coming = None;
            let known = Known { health: health.clone(), until: Instant::now() + times.ttl };
            state.known.replace(known).map_or(Status::Healthy, |known| known.health.status)
        };
        // Says what has changed, once.
        if before != health.status {
            self.log(&operation, &end, &health);
        }
        // Nobody may be waiting any more.
        let _unread = answer.send(Some(health));
    }

    /// How the check ends, or that it cannot be run.
    async fn look(&self, limit: Duration) -> Finding {
        if self.lock().stray.as_ref().is_some_and(|stray| !stray.is_finished()) {
            return Finding::Hangs;
        }
        let check = Arc::clone(&self.check.check);
        // A task of its own: whether it panics, hangs or even blocks its thread, this one goes on.
        let mut task = tokio::spawn(async move { check.check().await });
        match timeout(limit, &mut task).await {
            Ok(Ok(verdict)) => Finding::Said(verdict),
            Ok(Err(error)) if error.is_panic() => Finding::Panicked,
            Ok(Err(_)) => Finding::Stopped,
            Err(_) => {
                task.abort();
                self.lock().stray = Some(task.abort_handle());
                Finding::TimedOut
            }
        }
    }

    fn health(&self, verdict: Verdict, latency: Option<Duration>) -> ComponentHealth {
        let Verdict { status, message, details } = verdict;
        ComponentHealth {
            name: self.check.name.clone(),
            status: status.min(self.worst),
            message,
            latency,
            last_check: SystemTime::now(),
            details,
        }
    }

    fn log(&self, operation: &Operation, end: &End<'_>, health: &ComponentHealth) {
        let (name, status, latency) = (self.name(), health.status, health.latency.unwrap_or_default());
        if status == Status::Healthy {
            let duration_ms = millis(latency);
            tracing::info!(component = name, %status, duration_ms, "component recovered");
            return;
        }
        let (required, reason) = (self.check.required, health.message.as_deref());
        end_event!(
            operation,
            end,
            latency,
            { component = name, %status, required, reason },
            "component is healthy",
            "component is not healthy"
        );
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
