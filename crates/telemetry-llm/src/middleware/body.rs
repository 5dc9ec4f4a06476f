//! The body of an answer, which is read as it passes by and ends its call.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use http_body::{Body as _, Frame, SizeHint};
use reqwest::Body;

use super::reading::Reading;
use crate::call::Call;
use crate::failure::Failure;

/// How much of an answer is read at a time, so that no poll takes long.
const SLICE: usize = 64 << 10;

/// The body of an answer, which ends its call when it has been read.
pub(super) struct Measured {
    inner: Body,
    /// What came in one piece with what was passed on last.
    rest: Bytes,
    /// Gone once it has ended.
    call: Option<Call>,
    reading: Reading,
}

impl Measured {
    pub(super) fn new(call: Call, status: StatusCode, headers: &HeaderMap, inner: Body) -> Self {
        let reading = Reading::new(status, headers);
        let mut measured = Self { inner, rest: Bytes::new(), call: Some(call), reading };
        if measured.inner.is_end_stream() {
            measured.end();
        }
        measured
    }

    /// The body has been read to its end.
    fn end(&mut self) {
        if let Some(call) = self.call.take() {
            std::mem::take(&mut self.reading).end(call);
        }
    }

    /// What is read and passed on next.
    fn next_slice(&mut self) -> Option<Bytes> {
        let slice = self.rest.split_to(self.rest.len().min(SLICE));
        if slice.is_empty() {
            return None;
        }
        if let Some(call) = &mut self.call {
            self.reading.feed(&slice, call);
        }
        // Who knows the length does not ask for what is after it.
        if self.is_end_stream() {
            self.end();
        }
        Some(slice)
    }
}

impl Drop for Measured {
    fn drop(&mut self) {
        // Who has seen the last event, or that there is no answer, need not read on; any other call is cancelled.
        if self.reading.is_done() {
            self.end();
        }
    }
}

impl http_body::Body for Measured {
    type Data = Bytes;
    type Error = reqwest::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, reqwest::Error>>> {
        if let Some(slice) = self.next_slice() {
            return Poll::Ready(Some(Ok(Frame::data(slice))));
        }
        match std::task::ready!(Pin::new(&mut self.inner).poll_frame(context)) {
            Some(Ok(frame)) => match frame.into_data() {
                Ok(data) => {
                    self.rest = data;
                    let slice = self.next_slice().unwrap_or_default();
                    Poll::Ready(Some(Ok(Frame::data(slice))))
                }
                Err(frame) => {
                    if self.inner.is_end_stream() {
                        self.end();
                    }
                    Poll::Ready(Some(Ok(frame)))
                }
            },
            Some(Err(error)) => {
                if let Some(call) = self.call.take() {
                    call.fail(Failure::from_error(&error));
                }
                Poll::Ready(Some(Err(error)))
            }
            None => {
                self.end();
                Poll::Ready(None)
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
