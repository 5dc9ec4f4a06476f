//! Which thread or future a test's telemetry receives from, and for how long.

use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use telemetry_core::clock::{self, ScopedClock};
use telemetry_core::trace::{Sampling, ScopedSampling, scoped};
use tracing::Dispatch;
use tracing::dispatcher::{DefaultGuard, set_default};

/// What a thread needs while it runs code under test: the subscriber, the sampling that guards ask for, and the clock
/// that they measure by.
#[derive(Debug, Clone)]
pub(super) struct Scope {
    dispatch: Dispatch,
    sampling: Sampling,
    clock: Option<fn() -> Instant>,
}

impl Scope {
    pub(super) fn new(dispatch: Dispatch, sampling: Sampling, clock: Option<fn() -> Instant>) -> Self {
        Self { dispatch, sampling, clock }
    }

    pub(super) fn dispatch(&self) -> &Dispatch {
        &self.dispatch
    }

    pub(super) fn enter(&self) -> TelemetryGuard {
        TelemetryGuard {
            _clock: self.clock.map(clock::scoped),
            _sampling: scoped(self.sampling),
            _subscriber: set_default(&self.dispatch),
            _of_this_thread: PhantomData,
        }
    }
}

/// While it lives, the telemetry receives the spans and events of the thread that made it.
///
/// It stays on that thread:
///
/// ```compile_fail,E0277
/// fn sent<T: Send>(_: T) {}
/// sent(telemetry_testkit::TestTelemetry::new().enter());
/// ```
#[derive(Debug)]
#[must_use = "dropped at once it captures nothing"]
pub struct TelemetryGuard {
    _clock: Option<ScopedClock>,
    _sampling: ScopedSampling,
    _subscriber: DefaultGuard,
    // Each puts back what was in force before on the thread that drops them.
    _of_this_thread: PhantomData<*const ()>,
}

/// A future whose spans and events a [`TestTelemetry`](super::TestTelemetry) receives.
#[must_use = "futures do nothing unless polled"]
pub struct Captured<F> {
    scope: Scope,
    /// Taken by the drop, so that it ends within the scope.
    future: Option<Pin<Box<F>>>,
}

impl<F> Captured<F> {
    pub(super) fn new(scope: Scope, future: F) -> Self {
        Self { scope, future: Some(Box::pin(future)) }
    }
}

impl<F: Future> Future for Captured<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.get_mut();
        let _entered = this.scope.enter();
        this.future.as_mut().expect("only the drop takes the future").as_mut().poll(cx)
    }
}

impl<F> Drop for Captured<F> {
    fn drop(&mut self) {
        let _entered = self.scope.enter();
        self.future = None;
    }
}

impl<F> fmt::Debug for Captured<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Captured").field("scope", &self.scope).finish_non_exhaustive()
    }
}
