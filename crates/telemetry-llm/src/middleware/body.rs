//! The body of an answer, which is read as it passes by and ends its call.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use super::watch::Watch;

/// How much of an answer is read at a time, so that no poll takes long.
const SLICE: usize = 64 << 10;

pin_project! {
    /// The body of an answer, which ends its call when it has been read.
    ///
    /// One that is dropped before counts as cancelled. What passes is what came: data, trailers, the size that is left. Long
    /// data comes in pieces of 64 KiB. A body of a request that is no call passes as it is.
    ///
    /// ```
    /// use http_body_util::{BodyExt as _, Full};
    /// use telemetry_llm::LlmBody;
    ///
    /// # type BoxError = Box<dyn std::error::Error + Send + Sync>;
    /// async fn text(answer: http::Response<LlmBody<Full<bytes::Bytes>>>) -> Result<Vec<u8>, BoxError> {
    ///     Ok(answer.into_body().collect().await?.to_bytes().to_vec())
    /// }
    /// ```
    pub struct LlmBody<B> {
        #[pin]
        inner: B,
        // What came in one piece with what was passed on last.
        rest: Bytes,
        watch: Option<Watch>,
    }
}

impl<B: Body> LlmBody<B> {
    pub(super) fn new(inner: B, watch: Option<Watch>) -> Self {
        let mut body = Self { inner, rest: Bytes::new(), watch };
        if body.inner.is_end_stream()
            && let Some(watch) = &mut body.watch
        {
            watch.end();
        }
        body
    }

    /// What is read and passed on next.
    fn next_slice(self: Pin<&mut Self>) -> Bytes {
        let this = self.project();
        let Some(watch) = this.watch else { return std::mem::take(this.rest) };
        let slice = this.rest.split_to(this.rest.len().min(SLICE));
        watch.feed(&slice);
        // Who knows the length does not ask for what is after it.
        if this.rest.is_empty() && this.inner.is_end_stream() {
            watch.end();
        }
        slice
    }
}

impl<B> Body for LlmBody<B>
where
    B: Body,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if !self.rest.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(self.next_slice()))));
        }
        let this = self.as_mut().project();
        let frame = match ready!(this.inner.poll_frame(context)) {
            Some(Ok(frame)) => frame.map_data(|mut data| data.copy_to_bytes(data.remaining())),
            Some(Err(error)) => {
                let error = error.into();
                if let Some(watch) = this.watch {
                    watch.fail(&*error);
                }
                return Poll::Ready(Some(Err(error)));
            }
            None => {
                if let Some(watch) = this.watch {
                    watch.end();
                }
                return Poll::Ready(None);
            }
        };
        match frame.into_data() {
            Ok(data) => {
                *this.rest = data;
                // An empty piece may be the last one, too.
                Poll::Ready(Some(Ok(Frame::data(self.next_slice()))))
            }
            Err(trailers) => {
                let this = self.project();
                if this.inner.is_end_stream()
                    && let Some(watch) = this.watch
                {
                    watch.end();
                }
                Poll::Ready(Some(Ok(trailers)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (inner, rest) = (self.inner.size_hint(), self.rest.len() as u64);
        let mut hint = SizeHint::new();
        hint.set_lower(inner.lower().saturating_add(rest));
        if let Some(upper) = inner.upper() {
            hint.set_upper(upper.saturating_add(rest));
        }
        hint
    }
}

impl<B> fmt::Debug for LlmBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LlmBody").field("is_measured", &self.watch.is_some()).finish_non_exhaustive()
    }
}
