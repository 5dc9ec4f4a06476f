//! A future that is polled and dropped under a subscriber of its own.

use std::pin::Pin;
use std::task::{Context, Poll};

use tracing::Dispatch;
use tracing::dispatcher::set_default;

/// A future that is polled, and dropped, with a subscriber of its own. `tracing`'s `WithSubscriber` leaves out the drop,
/// in which a transport that is cut short has much to say.
pub(crate) struct WithDispatch<F> {
    future: Option<Pin<Box<F>>>,
    dispatch: Dispatch,
}

impl<F: Future> WithDispatch<F> {
    pub(crate) fn new(dispatch: Dispatch, future: F) -> Self {
        Self { future: Some(Box::pin(future)), dispatch }
    }
}

impl<F: Future> Future for WithDispatch<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let _within = set_default(&self.dispatch);
        let future = self.future.as_mut().expect("it is there until the drop");
        future.as_mut().poll(cx)
    }
}

impl<F> Drop for WithDispatch<F> {
    fn drop(&mut self) {
        let _within = set_default(&self.dispatch);
        self.future = None;
    }
}
