//! The events of a response, whose end waits for what was handed on to leave.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use pin_project_lite::pin_project;

use crate::delivery::Delivery;
use crate::event::Seen;
use crate::guard::{BoxError, Ending, StreamGuard};
use crate::metrics::CloseReason;
use crate::watch::Watch;

pin_project! {
    /// A source of events that becomes the body of a response: an event is recorded when it has left, and an error ends
    /// the body once all that came before has.
    #[derive(Debug)]
    pub(crate) struct Feed<S> {
        #[pin]
        watch: Watch<S>,
        delivery: Delivery,
        // What comes after all that was handed on.
        ending: Option<Ending>,
        failure: Option<BoxError>,
    }
}

impl<S: Stream<Item = Result<T, E>>, T, E: Into<BoxError>> Feed<S> {
    pub(crate) fn new(guard: StreamGuard, source: S, delivery: Delivery) -> Self {
        Self { watch: Watch::new(guard, source), delivery, ending: None, failure: None }
    }

    /// The next item, or the error that is the last one.
    pub(crate) fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<T, BoxError>>> {
        let mut this = self.as_mut().project();
        this.delivery.note(this.watch.as_mut().guard_mut(), cx);
        if this.failure.is_some() {
            return self.poll_failure(cx).map(|error| error.map(Err));
        }
        if this.ending.is_none() {
            match this.watch.as_mut().poll(cx) {
                Poll::Pending => {
                    this.delivery.written();
                    return Poll::Pending;
                }
                Poll::Ready(Ok(Ok(item))) => return Poll::Ready(Some(Ok(item))),
                Poll::Ready(Ok(Err(error))) => {
                    let failed = self.fail(CloseReason::UpstreamError, error.into(), cx);
                    return failed.map(|error| error.map(Err));
                }
                Poll::Ready(Err(reason)) => *this.ending = Some(Ending::of(reason)),
            }
        }
        let guard = this.watch.guard_mut();
        ready!(this.delivery.poll_turn(guard, cx));
        this.ending.iter().for_each(|ending| guard.end(ending));
        Poll::Ready(None)
    }

    /// Takes note of the item that is handed on now, of which `look` tells what it is.
    pub(crate) fn handed_on<'a>(self: Pin<&mut Self>, look: impl FnOnce() -> Seen<'a>) {
        let mut this = self.project();
        let (event, ending) = this.watch.as_mut().look(look);
        this.delivery.announce(event);
        if let Some(ending) = ending {
            this.watch.guard_mut().is_to_end(&ending);
            *this.ending = Some(ending);
        }
    }

    /// Ends the response with an error, when all that was handed on has left.
    pub(crate) fn fail(
        mut self: Pin<&mut Self>,
        reason: CloseReason,
        error: BoxError,
        cx: &mut Context<'_>,
    ) -> Poll<Option<BoxError>> {
        let this = self.as_mut().project();
        let ending = Ending::failed(reason, &error);
        this.watch.guard_mut().is_to_end(&ending);
        (*this.ending, *this.failure) = (Some(ending), Some(error));
        self.poll_failure(cx)
    }

    fn poll_failure(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<BoxError>> {
        let this = self.project();
        let guard = this.watch.guard_mut();
        ready!(this.delivery.poll_left(guard.close_timeout(), cx));
        this.ending.iter().for_each(|ending| guard.end(ending));
        Poll::Ready(this.failure.take())
    }

    /// Runs what the application makes of an item, as a part of the source.
    pub(crate) fn run<R>(self: Pin<&mut Self>, code: impl FnOnce() -> R) -> R {
        self.project().watch.guard_mut().run(code)
    }
}

impl<S: Stream> Feed<S> {
    pub(crate) fn guard(&self) -> &StreamGuard {
        self.watch.guard()
    }

    pub(crate) fn size_hint(&self) -> (usize, Option<usize>) {
        if self.ending.is_some() { (0, Some(usize::from(self.failure.is_some()))) } else { self.watch.size_hint() }
    }
}
