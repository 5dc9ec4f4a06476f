//! The attempts that are one call: where the call is between them, and when it has ended.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use telemetry_core::clock;

use super::calls::{Calls, Found};
use crate::call::Call;
use crate::failure::Failure;
use crate::metrics::ErrorType;

tokio::task_local! {
    static CURRENT: OneCall;
}

/// A call whose attempts are made by whoever asks for one while it is current.
#[derive(Clone)]
pub(super) struct OneCall(Arc<Mutex<State>>);

struct State {
    stage: Stage,
    /// How many attempts there were.
    attempts: u64,
    /// How many of them were answered.
    answers: u64,
    resting: Option<Resting>,
}

#[derive(Clone, Copy, PartialEq)]
enum Stage {
    UnderWay,
    /// There is a result, so that no other attempt follows.
    Over,
    /// Nobody waits for a result.
    GivenUp,
}

/// The call while no attempt has it.
struct Resting {
    call: Call,
    found: Found,
    since: Instant,
    /// Why the latest attempt failed; nothing if it was given up.
    failure: Option<Failure>,
    /// The body that says more of it has not been read yet.
    is_being_told: bool,
}

impl Resting {
    fn new(call: Call, found: Found, failure: Option<Failure>) -> Self {
        Self { call, found, since: clock::now(), failure, is_being_told: false }
    }

    /// The failure of an attempt that another one follows. Who gives one up, and makes another, does so for its time.
    fn go_on(mut self) -> Call {
        self.waited();
        self.call.attempt_failed(self.failure.unwrap_or(Failure::timeout()));
        self.call
    }

    fn end(self) {
        drop(self.call.fail(self.failure.unwrap_or(Failure::timeout())));
    }

    /// Whoever tries again waited until now, because of a rate limit if that is why the attempt failed.
    fn waited(&self) {
        if self.failure.as_ref().is_some_and(|failure| failure.error_type() == ErrorType::RateLimit) {
            drop(self.call.rate_limit_wait().since(self.since));
        }
    }

    /// The call is dropped, after a failure that the provider has told.
    fn cancel(mut self) {
        if let Some(failure) = self.failure {
            self.call.attempt_failed(failure);
        }
    }
}

impl OneCall {
    pub(super) fn new() -> Self {
        let state = State { stage: Stage::UnderWay, attempts: 0, answers: 0, resting: None };
        Self(Arc::new(Mutex::new(state)))
    }

    /// The one that is current, if one is.
    fn current() -> Option<Self> {
        CURRENT.try_with(Self::clone).ok()
    }

    /// Runs `f`, with this as the current one.
    pub(super) fn run<T>(&self, f: impl FnOnce() -> T) -> T {
        CURRENT.sync_scope(self.clone(), f)
    }

    /// There is a result, so that no other attempt follows.
    pub(super) fn over(&self) {
        let ended = {
            let mut state = self.state();
            state.stage = Stage::Over;
            state.resting.take_if(|resting| !resting.is_being_told)
        };
        if let Some(resting) = ended {
            resting.end();
        }
    }

    /// Nobody waits for a result any more, if there was none.
    pub(super) fn give_up(&self) {
        let cancelled = {
            let mut state = self.state();
            if state.stage == Stage::Over {
                return;
            }
            state.stage = Stage::GivenUp;
            state.resting.take()
        };
        if let Some(resting) = cancelled {
            resting.waited();
            resting.cancel();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One of the attempts.
#[derive(Clone)]
pub(super) struct Attempt {
    of: OneCall,
    number: u64,
    /// How many were answered before it.
    answers: u64,
}

impl Attempt {
    /// The call that an attempt is part of: the one that rests, if that asks the same, else a new one; and the attempt, where
    /// a call has several.
    pub(super) fn start(found: &Found, calls: &Calls) -> (Call, Option<Self>) {
        let Some(of) = OneCall::current() else { return (calls.start(found), None) };
        let (number, answers, resting) = {
            let mut state = of.state();
            state.attempts += 1;
            (state.attempts, state.answers, state.resting.take())
        };
        let call = match resting {
            Some(resting) if resting.found.is_like(found) => resting.go_on(),
            other => {
                // Another model is another call.
                if let Some(other) = other {
                    other.end();
                }
                calls.start(found)
            }
        };
        (call, Some(Self { of, number, answers }))
    }

    /// The attempt was answered, and with it the call.
    pub(super) fn answered(&self) {
        self.of.state().answers += 1;
    }

    /// The attempt was given up.
    pub(super) fn given_up(self, call: Call, found: Found) {
        // One beside it that was answered first leaves nothing to wait for, which is no failure.
        let is_outrun = self.of.state().answers > self.answers;
        if !is_outrun {
            self.rest(Resting::new(call, found, None));
        }
    }

    /// The attempt failed, and no body says more of it.
    pub(super) fn failed(self, call: Call, found: Found, failure: Failure) {
        self.rest(Resting::new(call, found, Some(failure)));
    }

    /// The attempt failed as its body is going to say; what is known before is this.
    pub(super) fn refused(&self, call: Call, found: Found, failure: Failure) {
        self.rest(Resting { is_being_told: true, ..Resting::new(call, found, Some(failure)) });
    }

    fn rest(&self, resting: Resting) {
        let mut state = self.of.state();
        // What came later has the call, or has one of its own.
        let is_latest = state.attempts == self.number;
        match state.stage {
            Stage::UnderWay if is_latest => state.resting = Some(resting),
            Stage::Over if is_latest && resting.is_being_told => state.resting = Some(resting),
            stage => {
                drop(state);
                if stage == Stage::GivenUp || !is_latest { resting.cancel() } else { resting.end() }
            }
        }
    }

    /// The body of the answer was read, as far as it ever will be.
    pub(super) fn told(&self, failure: Option<Failure>) {
        let ended = {
            let mut state = self.of.state();
            let is_over = state.stage == Stage::Over;
            if state.attempts != self.number {
                return;
            }
            if let Some(resting) = &mut state.resting {
                resting.failure = failure.or(resting.failure.take());
                resting.is_being_told = false;
            }
            state.resting.take_if(|_| is_over)
        };
        if let Some(resting) = ended {
            resting.end();
        }
    }
}
