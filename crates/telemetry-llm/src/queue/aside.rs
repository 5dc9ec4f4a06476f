//! Application code run beside the queue's own: on threads that may block, where a panic ends nothing.

use std::future::poll_fn;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::task::{ArcWake, AtomicWaker, waker};
use tokio::runtime::Handle;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::timeout;
use tracing::dispatcher::{get_default, with_default};

/// How long is waited beyond a limit for a poll that is under way on its thread: it cannot be called back, and what it
/// does is mostly done at once.
const GRACE: Duration = Duration::from_millis(50);

type Work<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Application code that is a future. Each of its polls is a job of tokio's threads for what blocks, so that neither the
/// threads of the runtime nor whoever waits for it with a limit depend on its coming back.
pub(super) struct Aside<T: Send + 'static> {
    state: State<T>,
    woken: Arc<Woken>,
}

enum State<T: Send + 'static> {
    /// For somebody to wake it.
    Waiting(Beside<Work<T>>),
    Polled(JoinHandle<Turn<T>>),
    Ended,
}

/// How a poll ended.
enum Turn<T: Send + 'static> {
    Pending(Beside<Work<T>>),
    Done(T),
    Panicked,
}

/// How application code went.
pub(super) enum Course<T> {
    Done(T),
    Panicked,
    /// It was not done in time, and goes no further than its poll that is under way, if one is.
    Cut,
}

/// Tells a wake-up of the work from one of the task around it.
struct Woken {
    again: AtomicBool,
    task: AtomicWaker,
}

impl ArcWake for Woken {
    fn wake_by_ref(woken: &Arc<Self>) {
        woken.again.store(true, Ordering::Release);
        woken.task.wake();
    }
}

impl<T: Send + 'static> Aside<T> {
    pub(super) fn new(work: impl Future<Output = T> + Send + 'static) -> Self {
        let work: Work<T> = Box::pin(work);
        let woken = Woken { again: AtomicBool::new(true), task: AtomicWaker::new() };
        Self { state: State::Waiting(Beside::new(work)), woken: Arc::new(woken) }
    }

    /// Runs it until it is done or the limit is reached.
    pub(super) async fn until(mut self, limit: impl Future<Output = ()>) -> Course<T> {
        tokio::select! {
            biased;
            course = poll_fn(|context| self.poll(context)) => return course,
            () = limit => {}
        }
        timeout(GRACE, poll_fn(|context| self.poll_turn(context))).await.ok().flatten().unwrap_or(Course::Cut)
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Course<T>> {
        self.woken.task.register(context.waker());
        loop {
            if let Some(course) = ready!(self.poll_turn(context)) {
                return Poll::Ready(course);
            }
            if !self.woken.again.swap(false, Ordering::AcqRel) {
                return Poll::Pending;
            }
            match mem::replace(&mut self.state, State::Ended) {
                State::Waiting(work) => {
                    let woken = Arc::clone(&self.woken);
                    let dispatch = get_default(Clone::clone);
                    let turn = move || with_default(&dispatch, || take_turn(work, woken));
                    self.state = State::Polled(spawn_blocking(turn));
                }
                State::Polled(_) | State::Ended => return Poll::Ready(Course::Panicked),
            }
        }
    }

    /// The end of the poll that is under way: nothing if the work waits.
    fn poll_turn(&mut self, context: &mut Context<'_>) -> Poll<Option<Course<T>>> {
        let State::Polled(turn) = &mut self.state else { return Poll::Ready(None) };
        let turn = ready!(Pin::new(turn).poll(context));
        self.state = State::Ended;
        Poll::Ready(match turn {
            Ok(Turn::Pending(work)) => {
                self.state = State::Waiting(work);
                None
            }
            Ok(Turn::Done(value)) => Some(Course::Done(value)),
            Ok(Turn::Panicked) => Some(Course::Panicked),
            // The runtime ends, and drops whoever would hear of it.
            Err(_) => Some(Course::Cut),
        })
    }
}

fn take_turn<T: Send>(mut work: Beside<Work<T>>, woken: Arc<Woken>) -> Turn<T> {
    let waker = waker(woken);
    let turn = harmless(|| work.value_mut().map(|work| work.as_mut().poll(&mut Context::from_waker(&waker))));
    match turn.flatten() {
        Some(Poll::Pending) => Turn::Pending(work),
        Some(Poll::Ready(value)) => {
            // Here, so that what it held is free once it counts as done.
            work.drop_here();
            Turn::Done(value)
        }
        None => Turn::Panicked,
    }
}

/// Something of the application's, which is dropped where it may block and panic.
pub(super) struct Beside<T: Send + 'static>(Option<T>);

impl<T: Send + 'static> Beside<T> {
    pub(super) fn new(value: T) -> Self {
        Self(Some(value))
    }

    /// It is there until it is dropped.
    pub(super) fn value(&self) -> Option<&T> {
        self.0.as_ref()
    }

    fn value_mut(&mut self) -> Option<&mut T> {
        self.0.as_mut()
    }

    fn drop_here(mut self) {
        drop(Here(self.0.take()));
    }
}

impl<T: Send + 'static> Drop for Beside<T> {
    fn drop(&mut self) {
        let Some(value) = self.0.take() else { return };
        let held = Here(Some(value));
        if let Ok(runtime) = Handle::try_current() {
            let dispatch = get_default(Clone::clone);
            // A runtime that ends, or that has no thread to give, drops the job, and with it what is held.
            let _ = harmless(|| runtime.spawn_blocking(move || with_default(&dispatch, || drop(held))));
        }
    }
}

/// The same, dropped where it is.
struct Here<T>(Option<T>);

impl<T> Drop for Here<T> {
    fn drop(&mut self) {
        let value = self.0.take();
        let _ = harmless(move || drop(value));
    }
}

/// Runs application code; nothing if it panics, which ends here.
pub(super) fn harmless<T>(work: impl FnOnce() -> T) -> Option<T> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(value) => Some(value),
        Err(payload) => {
            // What a panic carries may panic itself when it is dropped, and so may what that carries.
            if let Err(further) = catch_unwind(AssertUnwindSafe(move || drop(payload))) {
                mem::forget(further);
            }
            None
        }
    }
}
