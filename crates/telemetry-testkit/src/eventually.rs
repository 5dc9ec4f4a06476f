//! Waiting for what comes about in its own time.

use std::fmt::{self, Display};
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::thread;
use std::time::{Duration, Instant};

use thiserror::Error;
use tokio::sync::oneshot;

/// How long to wait in all, unless [`within`](Eventually::within) says otherwise: longer than anything takes on a busy
/// machine, shorter than a hang.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long to wait before looking again, unless [`every`](Eventually::every) says otherwise.
const PAUSE: Duration = Duration::from_millis(5);

/// Waits for something that another task, thread or process brings about: looks again and again until it is there.
///
/// The look returns whether it is so (`bool`), what is there (`Option`), or what is there and otherwise why not
/// (`Result`); the last reason is part of the failure's message. Awaited it leaves the thread to others, from
/// [`wait`](Eventually::wait) it blocks. It waits for 20 seconds in all, in real time, also where tokio's clock is
/// paused; where everything else is idle, a paused clock goes on meanwhile.
///
/// ```
/// use telemetry_testkit::eventually;
///
/// let (sender, receiver) = std::sync::mpsc::channel();
/// std::thread::spawn(move || sender.send(7));
/// assert_eq!(eventually("the number arrives", || receiver.try_recv()).wait(), 7);
/// ```
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// use telemetry_testkit::eventually;
///
/// let task = tokio::spawn(async {});
/// eventually("the task ends", || task.is_finished()).await;
/// # }
/// ```
#[track_caller]
pub fn eventually<F, A>(what: impl Into<String>, look: F) -> Eventually<F>
where
    F: FnMut() -> A,
    A: Answer,
{
    Eventually {
        what: what.into(),
        look,
        within: PATIENCE,
        every: PAUSE,
        awaited_at: Location::caller(),
        start: None,
        pause: None,
    }
}

/// What a look may return; see [`eventually`].
pub trait Answer {
    /// What is there in the end.
    type Found;

    /// What was found, or why not as far as the answer tells.
    ///
    /// # Errors
    ///
    /// When it is not there yet.
    fn found(self) -> Result<Self::Found, Option<String>>;
}

impl Answer for bool {
    type Found = ();

    fn found(self) -> Result<(), Option<String>> {
        self.then_some(()).ok_or(None)
    }
}

impl<T> Answer for Option<T> {
    type Found = T;

    fn found(self) -> Result<T, Option<String>> {
        self.ok_or(None)
    }
}

impl<T, E: Display> Answer for Result<T, E> {
    type Found = T;

    fn found(self) -> Result<T, Option<String>> {
        self.map_err(|reason| Some(reason.to_string()))
    }
}

/// Something that is waited for once it is awaited or [`wait`](Self::wait) is called; made by [`eventually`].
///
/// As a future it panics when it is not there in time, as `wait` does.
#[must_use = "it looks only when it is awaited, or by `wait`"]
pub struct Eventually<F> {
    what: String,
    look: F,
    within: Duration,
    every: Duration,
    awaited_at: &'static Location<'static>,
    /// When it was looked for first.
    start: Option<Instant>,
    pause: Option<oneshot::Receiver<()>>,
}

impl<F> Eventually<F> {
    /// How long to wait in all, in real time; 20 seconds unless said otherwise.
    pub fn within(mut self, within: Duration) -> Self {
        self.within = within;
        self
    }

    /// How long to wait before each further look; 5 milliseconds unless said otherwise. A look that asks another
    /// process needs more.
    pub fn every(mut self, every: Duration) -> Self {
        self.every = every;
        self
    }
}

impl<A: Answer, F: FnMut() -> A> Eventually<F> {
    /// Blocks the calling thread until it is there.
    ///
    /// # Panics
    ///
    /// When it is not there in time: names what was awaited, where, and the last reason.
    #[track_caller]
    pub fn wait(self) -> A::Found {
        self.try_wait().unwrap_or_else(|error| panic!("{error}"))
    }

    /// Blocks the calling thread until it is there, or returns why it is not.
    ///
    /// # Errors
    ///
    /// When it is not there in time.
    pub fn try_wait(mut self) -> Result<A::Found, NotInTime> {
        loop {
            match self.look() {
                Look::Found(found) => return Ok(found),
                Look::Again => thread::sleep(self.every),
                Look::Over(error) => return Err(error),
            }
        }
    }

    /// Looks once. There is always a look after the deadline, so that a test that was not scheduled does not fail.
    fn look(&mut self) -> Look<A::Found> {
        let is_over = self.start.get_or_insert_with(Instant::now).elapsed() >= self.within;
        match (self.look)().found() {
            Ok(found) => Look::Found(found),
            Err(_) if !is_over => Look::Again,
            Err(reason) => Look::Over(NotInTime {
                what: self.what.clone(),
                within: self.within,
                reason: reason.map(|reason| format!(": {reason}")).unwrap_or_default(),
                awaited_at: self.awaited_at,
            }),
        }
    }
}

enum Look<T> {
    Found(T),
    Again,
    Over(NotInTime),
}

impl<A: Answer, F: FnMut() -> A> Future for Eventually<F> {
    type Output = A::Found;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<A::Found> {
        let this = self.get_mut();
        loop {
            if let Some(pause) = &mut this.pause {
                // The thread ends with it in any case.
                let _over = ready!(Pin::new(pause).poll(cx));
            }
            match this.look() {
                Look::Found(found) => return Poll::Ready(found),
                Look::Again => this.pause = Some(pause(this.every)),
                Look::Over(error) => panic!("{error}"),
            }
        }
    }
}

// The look is called, and never pinned.
impl<F> Unpin for Eventually<F> {}

/// A pause in real time. A thread makes it, because a runtime's timer may be paused.
fn pause(time: Duration) -> oneshot::Receiver<()> {
    let (over, pause) = oneshot::channel();
    thread::spawn(move || {
        thread::sleep(time);
        // Nobody listens any more where the test has given up.
        let _ = over.send(());
    });
    pause
}

impl<F> fmt::Debug for Eventually<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Eventually").field("what", &self.what).field("within", &self.within).finish_non_exhaustive()
    }
}

/// Something did not come about in time.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{what}: not within {within:?}{reason} (awaited at {awaited_at})")]
pub struct NotInTime {
    what: String,
    within: Duration,
    /// With its separator, or empty.
    reason: String,
    awaited_at: &'static Location<'static>,
}
