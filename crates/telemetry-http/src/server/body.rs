//! The bodies of request and response, counted while they pass by.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use super::ending::Ending;
use super::exchange::Exchange;

pin_project! {
    /// The body of a request, whose bytes are counted as they are read.
    pub struct RequestBody<B> {
        #[pin]
        body: B,
        received: Option<Arc<AtomicU64>>,
    }
}

impl<B> RequestBody<B> {
    pub(super) fn new(body: B, received: Option<Arc<AtomicU64>>) -> Self {
        Self { body, received }
    }

    /// The body itself; what is read of it then is not counted.
    pub fn into_inner(self) -> B {
        self.body
    }
}

impl<B: Body> Body for RequestBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let this = self.project();
        let frame = ready!(this.body.poll_frame(cx));
        if let (Some(Ok(frame)), Some(received)) = (&frame, this.received) {
            received.fetch_add(size(frame), Ordering::Relaxed);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl<B: Default> Default for RequestBody<B> {
    fn default() -> Self {
        Self::new(B::default(), None)
    }
}

impl<B> fmt::Debug for RequestBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestBody").finish_non_exhaustive()
    }
}

struct Counted {
    exchange: Option<Exchange>,
    /// The whole length, where the body tells it beforehand.
    exact: Option<u64>,
}

pin_project! {
    /// The body of a response, whose bytes are counted as they are sent, and with which the measurement ends.
    pub struct ResponseBody<B> {
        #[pin]
        body: B,
        counted: Counted,
    }
}

impl<B: Body> ResponseBody<B> {
    pub(super) fn new(body: B, exchange: Option<Exchange>) -> Self {
        let exact = exchange.as_ref().and_then(|_| body.size_hint().exact());
        let bodiless = exchange.as_ref().is_some_and(Exchange::is_bodiless);
        let mut counted = Counted { exchange, exact };
        counted.end_if(bodiless || body.is_end_stream() || (exact == Some(0) && !counted.awaits_trailers()));
        Self { body, counted }
    }
}

impl<B> ResponseBody<B> {
    /// The body itself; the measurement ends here, as that of a response that was sent.
    pub fn into_inner(mut self) -> B {
        self.counted.end(Ending::Sent);
        self.body
    }
}

impl Counted {
    fn add(&mut self, bytes: u64) {
        let sent = self.exchange.as_mut().map(|exchange| exchange.sent(bytes));
        // A server that has sent the length it announced asks for no further frame, but for trailers.
        self.end_if(sent.is_some() && sent == self.exact && !self.awaits_trailers());
    }

    fn awaits_trailers(&self) -> bool {
        self.exchange.as_ref().is_some_and(Exchange::awaits_trailers)
    }

    fn end_if(&mut self, complete: bool) {
        if complete {
            self.end(Ending::Sent);
        }
    }

    fn end(&mut self, ending: Ending) {
        if let Some(exchange) = self.exchange.take() {
            exchange.finish(ending);
        }
    }
}

impl<B: Body> Body for ResponseBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let mut this = self.project();
        let frame = ready!(match &mut this.counted.exchange {
            Some(exchange) => exchange.run(|| this.body.as_mut().poll_frame(cx)),
            None => this.body.as_mut().poll_frame(cx),
        });
        match &frame {
            Some(Ok(frame)) => {
                if let (Some(exchange), Some(trailers)) = (&mut this.counted.exchange, frame.trailers_ref()) {
                    exchange.trailers(trailers);
                }
                this.counted.add(size(frame));
                this.counted.end_if(this.body.is_end_stream());
            }
            Some(Err(_)) => this.counted.end(Ending::BodyFailed),
            None => this.counted.end(Ending::Sent),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl<B: Default> Default for ResponseBody<B> {
    fn default() -> Self {
        Self { body: B::default(), counted: Counted { exchange: None, exact: None } }
    }
}

impl<B> fmt::Debug for ResponseBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseBody").finish_non_exhaustive()
    }
}

fn size<D: bytes::Buf>(frame: &Frame<D>) -> u64 {
    frame.data_ref().map_or(0, |data| data.remaining() as u64)
}
