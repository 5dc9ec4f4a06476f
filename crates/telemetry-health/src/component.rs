//! A component with its check: one run at a time for all who ask, and what is remembered of it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use telemetry_core::Family;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout};

use crate::check::{HealthCheck, Verdict};
use crate::metrics::HealthMetrics;
use crate::report::ComponentHealth;
use crate::status::Status;

/// A component with what is known of it.
pub(crate) struct Component {
    pub(crate) name: String,
    pub(crate) required: bool,
    pub(crate) timeout: Duration,
    pub(crate) ttl: Duration,
    pub(crate) worst: Status,
    pub(crate) check: Arc<dyn HealthCheck>,
    pub(crate) metrics: Family<HealthMetrics>,
    pub(crate) state: Mutex<State>,
}

#[derive(Default)]
pub(crate) struct State {
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

impl Component {
    /// What is known of the component, if it is not too old; else what the check under way will find, which this starts
    /// if there is none. A check is nobody's own: it goes on when who asked for it has gone.
    pub(crate) fn ask(self: &Arc<Self>) -> Asked {
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
        tokio::spawn(Arc::clone(self).run(answer));
        Asked::Coming(coming)
    }

    /// What a component answers whose check has been lost with its runtime.
    pub(crate) fn lost(&self) -> ComponentHealth {
        self.health(Verdict::unhealthy("the check was stopped"), None)
    }

    async fn run(self: Arc<Self>, answer: watch::Sender<Option<ComponentHealth>>) {
        let begun = Instant::now();
        let (verdict, ran) = self.verdict().await;
        let latency = begun.elapsed();
        let health = self.health(verdict, Some(latency));
        let metrics = self.metrics.get(&self.name);
        metrics.status.set(health.status.level());
        if ran {
            metrics.duration.record(latency.as_secs_f64());
        }
        let before = {
            let mut state = self.lock();
            state.coming = None;
            let known = Known { health: health.clone(), until: Instant::now() + self.ttl };
            state.known.replace(known).map(|known| known.health.status)
        };
        log_change(&health, before, self.required);
        // Nobody may be waiting any more.
        let _unread = answer.send(Some(health));
    }

    /// What the check found, and whether it ran at all.
    async fn verdict(&self) -> (Verdict, bool) {
        if self.lock().stray.as_ref().is_some_and(|stray| !stray.is_finished()) {
            return (Verdict::unhealthy("an earlier check still hangs"), false);
        }
        let check = Arc::clone(&self.check);
        // A task of its own: whether it panics, hangs or even blocks its thread, this one goes on.
        let mut task = tokio::spawn(async move { check.check().await });
        let verdict = match timeout(self.timeout, &mut task).await {
            Ok(Ok(verdict)) => verdict,
            Ok(Err(error)) if error.is_panic() => Verdict::unhealthy("the check panicked"),
            Ok(Err(_)) => Verdict::unhealthy("the check was stopped"),
            Err(_) => {
                task.abort();
                self.lock().stray = Some(task.abort_handle());
                Verdict::unhealthy(format_args!("no answer within {}", humantime::format_duration(self.timeout)))
            }
        };
        (verdict, true)
    }

    fn health(&self, verdict: Verdict, latency: Option<Duration>) -> ComponentHealth {
        let Verdict { status, message, details } = verdict;
        ComponentHealth {
            name: self.name.clone(),
            status: status.min(self.worst),
            message,
            latency,
            last_check: SystemTime::now(),
            details,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says what has changed, once.
fn log_change(health: &ComponentHealth, before: Option<Status>, required: bool) {
    let ComponentHealth { name, status, .. } = health;
    let message = health.message.as_deref();
    match (before.unwrap_or(Status::Healthy), *status) {
        (before, now) if before == now => {}
        (_, Status::Healthy) => tracing::info!(component = name, %status, "component recovered"),
        _ => tracing::warn!(component = name, %status, required, reason = message, "component is not healthy"),
    }
}
