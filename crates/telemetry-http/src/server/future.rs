//! The future of a response that is measured.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::Response;
use http_body::Body;
use pin_project_lite::pin_project;

use super::body::ResponseBody;
use super::ending::Ending;
use super::exchange::Exchange;

pin_project! {
    /// The response of a request that is measured.
    #[must_use = "futures do nothing unless polled"]
    pub struct ResponseFuture<F> {
        // First, so that the exchange of a dropped future ends after the handler has.
        #[pin]
        future: F,
        exchange: Option<Exchange>,
    }
}

impl<F> ResponseFuture<F> {
    pub(super) fn new(future: F, exchange: Option<Exchange>) -> Self {
        Self { future, exchange }
    }
}

impl<F, R, E> Future for ResponseFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
    R: Body,
{
    type Output = Result<Response<ResponseBody<R>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let result = ready!(match this.exchange {
            Some(exchange) => exchange.run(|| this.future.poll(cx)),
            None => this.future.poll(cx),
        });
        let mut exchange = this.exchange.take();
        Poll::Ready(match result {
            Ok(mut response) => {
                if let Some(exchange) = &mut exchange {
                    exchange.answer(&mut response);
                }
                Ok(response.map(|body| ResponseBody::new(body, exchange)))
            }
            Err(error) => {
                if let Some(exchange) = exchange {
                    exchange.finish(Ending::ServiceFailed);
                }
                Err(error)
            }
        })
    }
}

impl<F> std::fmt::Debug for ResponseFuture<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
