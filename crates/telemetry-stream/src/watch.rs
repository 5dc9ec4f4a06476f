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
use crate::guard::StreamGuard;
use crate::metrics::CloseReason;

pin_project! {
    /// A source of events, watched for all ends that it can come to.
    #[derive(Debug)]
    pub(crate) struct Watch<S> {
        #[pin]
        source: S,
        // Boxed, so that the whole can be moved wherever its source can.
        shutdown: Pin<Box<WaitForCancellationFutureOwned>>,
        idle: Option<Pin<Box<Sleep>>>,
        // Whether an event is waited for: while a client reads slowly, its stream is not idle.
        waiting: bool,
        guard: StreamGuard,
        // The event on its way, until the next one is asked for.
        sending: Option<ActiveSpan>,
    }
}

impl<S: Stream> Watch<S> {
    pub(crate) fn new(guard: StreamGuard, source: S) -> Self {
        let shutdown = Box::pin(guard.shutdown().clone().cancelled_owned());
        Self { source, shutdown, idle: None, waiting: false, guard, sending: None }
    }

    /// The next item; nothing once the stream has ended, which is recorded then.
    pub(crate) fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let this = self.project();
        *this.sending = None;
        let guard = this.guard;
        if guard.ended().is_some() {
            return Poll::Ready(None);
        }
        if this.shutdown.as_mut().poll(cx).is_ready() {
            guard.end(CloseReason::ServerShutdown);
            return Poll::Ready(None);
        }
        let polled = guard.run(|| this.source.poll_next(cx));
        if let Poll::Ready(item) = polled {
            *this.waiting = false;
            if item.is_none() {
                guard.end(CloseReason::Completed);
            }
            return Poll::Ready(item);
        }
        let Some(limit) = guard.idle_timeout() else { return Poll::Pending };
        let idle = this.idle.get_or_insert_with(|| Box::pin(sleep(limit)));
        if !mem::replace(this.waiting, true) {
            idle.as_mut().reset(Instant::now() + limit);
        }
        ready!(idle.as_mut().poll(cx));
        guard.end(CloseReason::Timeout);
        Poll::Ready(None)
    }

    /// Runs what the application makes of an item, as a part of the source.
    #[cfg(feature = "axum")]
    pub(crate) fn run<T>(self: Pin<&mut Self>, code: impl FnOnce() -> T) -> T {
        self.project().guard.run(code)
    }

    /// Records what the item is that is handed on now, as `look` tells.
    pub(crate) fn handed_on<'a>(self: Pin<&mut Self>, look: impl FnOnce() -> Seen<'a>) {
        let this = self.project();
        match this.guard.run(look) {
            Seen::Event(event) => {
                *this.sending = this.guard.start_event(&event);
                this.guard.sent(&event);
            }
            Seen::End(reason) => this.guard.end(reason),
            Seen::Nothing => {}
        }
    }

    /// Ends the stream for a reason that lies outside its source.
    #[cfg(feature = "axum")]
    pub(crate) fn end(self: Pin<&mut Self>, reason: CloseReason) {
        self.project().guard.end(reason);
    }

    pub(crate) fn guard(&self) -> &StreamGuard {
        &self.guard
    }

    pub(crate) fn size_hint(&self) -> (usize, Option<usize>) {
        if self.guard.ended().is_some() {
            return (0, Some(0));
        }
        // It may end at any time.
        (0, self.source.size_hint().1)
    }
}
