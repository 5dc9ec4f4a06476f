//! A source of events beside all else that can end its stream.

use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use pin_project_lite::pin_project;
use telemetry_core::trace::ActiveSpan;
use tokio::time::{Instant, Sleep, sleep};
use tokio_util::sync::WaitForCancellationFutureOwned;

use crate::event::Seen;
use crate::guard::{Ending, Sending, StreamGuard};
use crate::metrics::CloseReason;

pin_project! {
    /// A source of events, watched for all ends that it can come to. Who hands its items on records them.
    #[derive(Debug)]
    pub(crate) struct Watch<S> {
        #[pin]
        source: S,
        // Boxed, so that the whole can be moved wherever its source can.
        shutdown: Pin<Box<WaitForCancellationFutureOwned>>,
        idle: Option<Pin<Box<Sleep>>>,
        // Whether an event is waited for: while a client reads slowly, its stream is not idle.
        waiting: bool,
        polled: bool,
        guard: StreamGuard,
        // The event on its way, until the next one is asked for.
        sending: Option<ActiveSpan>,
    }
}

impl<S: Stream> Watch<S> {
    pub(crate) fn new(mut guard: StreamGuard, source: S) -> Self {
        let shutdown = Box::pin(guard.shutdown().clone().cancelled_owned());
        // Nobody reads the body of the response to a `HEAD` request, and nothing of it is missing.
        guard.if_dropped(Ending::of(CloseReason::Completed));
        Self { source, shutdown, idle: None, waiting: false, polled: false, guard, sending: None }
    }

    /// The next item, or why there is none any more.
    pub(crate) fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<S::Item, CloseReason>> {
        let this = self.project();
        *this.sending = None;
        let guard = this.guard;
        if !mem::replace(this.polled, true) {
            guard.if_dropped(Ending::of(CloseReason::ClientDisconnect));
        }
        if let Some(reason) = guard.ended() {
            return Poll::Ready(Err(reason));
        }
        if this.shutdown.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Err(CloseReason::ServerShutdown));
        }
        if let Poll::Ready(item) = guard.run(|| this.source.poll_next(cx)) {
            *this.waiting = false;
            return Poll::Ready(item.ok_or(CloseReason::Completed));
        }
        let Some(limit) = guard.idle_timeout() else { return Poll::Pending };
        let idle = this.idle.get_or_insert_with(|| Box::pin(sleep(limit)));
        if !mem::replace(this.waiting, true) {
            idle.as_mut().reset(Instant::now() + limit);
        }
        ready!(idle.as_mut().poll(cx));
        Poll::Ready(Err(CloseReason::Timeout))
    }

    /// What the item is that is handed on now, as `look` tells: an event to be recorded, or why the stream ends after it.
    pub(crate) fn look<'a>(self: Pin<&mut Self>, look: impl FnOnce() -> Seen<'a>) -> (Option<Sending>, Option<Ending>) {
        let this = self.project();
        match this.guard.run(look) {
            Seen::Event(event) => {
                *this.sending = this.guard.start_event(&event);
                (Some(this.guard.sending(&event)), None)
            }
            Seen::Nothing => (None, None),
            Seen::End(reason) => (None, Some(Ending::of(reason))),
            Seen::Failed(reason, cause) => (None, Some(Ending::told(reason, &cause))),
        }
    }

    pub(crate) fn guard(&self) -> &StreamGuard {
        &self.guard
    }

    pub(crate) fn guard_mut(self: Pin<&mut Self>) -> &mut StreamGuard {
        self.project().guard
    }

    pub(crate) fn size_hint(&self) -> (usize, Option<usize>) {
        if self.guard.ended().is_some() {
            return (0, Some(0));
        }
        // It may end at any time.
        (0, self.source.size_hint().1)
    }
}
