//! What of a response has left: the bytes of each item tell when the connection lets go of them.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use axum::body::Bytes;
use tokio::time::{Sleep, sleep};

use crate::guard::{Sending, StreamGuard};

/// The items of a response that are on their way to the client.
///
/// A server drops what it holds back when a body fails, and knows nothing of what it wrote to a connection that is lost.
/// It does let go of bytes once they are written, or once HTTP/2 has put them in line on the connection, and asks for
/// more after that. So an item has left when its bytes are let go and the body is asked again. A connection that copies
/// what it is given, as TLS without vectored writes does, lets go when it has copied; it writes when it is told to wait.
#[derive(Debug, Default)]
pub(crate) struct Delivery {
    /// Items whose bytes have not left, the oldest first: the event that each is, if it is one.
    on_the_way: VecDeque<Option<Sending>>,
    /// How many departures are taken note of.
    noted: usize,
    departures: Arc<Departures>,
    /// Whether an item was handed on since the server was last told to wait.
    is_unwritten: bool,
    /// Once all that is on its way is waited for: until when, if nothing moves.
    patience: Option<Pin<Box<Sleep>>>,
}

/// What the bytes of the items report to.
#[derive(Debug, Default)]
pub(crate) struct Departures {
    /// Whether the next bytes are those of an item, and not of a keep-alive.
    announced: AtomicBool,
    count: AtomicUsize,
    waiting: Mutex<Option<Waker>>,
}

impl Delivery {
    pub(crate) fn new(departures: Arc<Departures>) -> Self {
        Self { departures, ..Self::default() }
    }

    /// Records what has left since, and has the task woken by what leaves later.
    pub(crate) fn note(&mut self, guard: &mut StreamGuard, cx: &Context<'_>) {
        if self.on_the_way.is_empty() {
            return;
        }
        // Before the count is read, so that nothing leaves in between without a word.
        self.departures.wake(cx.waker());
        let count = self.departures.count.load(Ordering::Acquire);
        for _ in self.noted..count {
            if let Some(event) = self.on_the_way.pop_front().flatten() {
                guard.arrived(event);
            }
            self.patience = None;
        }
        self.noted = count;
    }

    /// Takes note of an item that is handed on now.
    pub(crate) fn announce(&mut self, event: Option<Sending>) {
        self.on_the_way.push_back(event);
        self.is_unwritten = true;
        self.departures.announced.store(true, Ordering::Relaxed);
    }

    /// Takes note of the server's being told to wait, which is when it writes.
    pub(crate) fn written(&mut self) {
        self.is_unwritten = false;
    }

    /// Gives the server one turn to write what it has. What it has not written then is on its way in order, and recorded.
    pub(crate) fn poll_turn(&mut self, guard: &mut StreamGuard, cx: &Context<'_>) -> Poll<()> {
        if !self.on_the_way.is_empty() && self.is_unwritten {
            self.is_unwritten = false;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.on_the_way.drain(..).flatten().for_each(|event| guard.arrived(event));
        Poll::Ready(())
    }

    /// Waits until all has left, or until the client has taken nothing for so long. What has not left then never does.
    pub(crate) fn poll_left(&mut self, patience: Duration, cx: &mut Context<'_>) -> Poll<()> {
        if self.on_the_way.is_empty() {
            if self.is_unwritten {
                self.is_unwritten = false;
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            return Poll::Ready(());
        }
        self.is_unwritten = false;
        let waited = self.patience.get_or_insert_with(|| Box::pin(sleep(patience)));
        ready!(waited.as_mut().poll(cx));
        Poll::Ready(())
    }
}

impl Departures {
    /// The same bytes, which tell when they are let go if they are those of an item.
    pub(crate) fn watch(self: &Arc<Self>, bytes: Bytes) -> Bytes {
        if self.announced.swap(false, Ordering::Relaxed) {
            Bytes::from_owner(Parcel { bytes, departures: Arc::clone(self) })
        } else {
            bytes
        }
    }

    fn wake(&self, waker: &Waker) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *waiting {
            Some(waiting) => waiting.clone_from(waker),
            None => *waiting = Some(waker.clone()),
        }
    }
}

/// The bytes of an item.
struct Parcel {
    bytes: Bytes,
    departures: Arc<Departures>,
}

impl AsRef<[u8]> for Parcel {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Parcel {
    fn drop(&mut self) {
        self.departures.count.fetch_add(1, Ordering::Release);
        let waiting = self.departures.waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(waker) = waiting {
            waker.wake();
        }
    }
}
