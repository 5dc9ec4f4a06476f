//! The body of an answer, which is read as it passes by and ends its call.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use http::{HeaderMap, StatusCode};
use http_body::{Body as _, Frame, SizeHint};
use reqwest::Body;

use super::events::Events;
use crate::call::Call;
use crate::failure::Failure;

/// The most of an answer that is kept until its end, to read what it used: far more than any answer is.
const MOST_KEPT: usize = 32 << 20;

/// The body of an answer, which ends its call when it has been read.
pub(super) struct Measured {
    inner: Body,
    /// Gone once it has ended.
    call: Option<Call>,
    reading: Reading,
}

enum Reading {
    /// Pieces of an answer.
    Events { events: Events, is_done: bool },
    /// An answer that is read when it is whole.
    Whole { kept: Kept, is_streamed: bool },
    /// Why there is no answer.
    Error { status: StatusCode, headers: HeaderMap, kept: Kept },
}

/// A body so far.
#[derive(Default)]
struct Kept {
    pieces: Vec<Bytes>,
    bytes: usize,
}

impl Kept {
    fn add(&mut self, piece: &Bytes) {
        self.bytes = self.bytes.saturating_add(piece.len());
        if self.bytes <= MOST_KEPT {
            self.pieces.push(piece.clone());
        } else {
            self.pieces.clear();
        }
    }

    fn whole(&self) -> Vec<u8> {
        self.pieces.concat()
    }
}

impl Measured {
    pub(super) fn new(call: Call, status: StatusCode, headers: &HeaderMap, is_streamed: bool, inner: Body) -> Self {
        let content_type = headers.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media_type = content_type.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
        let reading = if !status.is_success() {
            Reading::Error { status, headers: headers.clone(), kept: Kept::default() }
        } else if media_type.eq_ignore_ascii_case("text/event-stream") {
            Reading::Events { events: Events::default(), is_done: false }
        } else {
            Reading::Whole { kept: Kept::default(), is_streamed }
        };
        let mut measured = Self { inner, call: Some(call), reading };
        if measured.inner.is_end_stream() {
            measured.end();
        }
        measured
    }

    fn read(&mut self, piece: &Bytes) {
        let Some(call) = &mut self.call else { return };
        match &mut self.reading {
            Reading::Events { events, is_done } => events.feed(piece, |data| *is_done |= call.chunk(data).is_last),
            Reading::Whole { kept, is_streamed } => {
                if *is_streamed {
                    call.token();
                }
                kept.add(piece);
            }
            Reading::Error { kept, .. } => kept.add(piece),
        }
    }

    /// The body has been read to its end.
    fn end(&mut self) {
        let Some(mut call) = self.call.take() else { return };
        match &mut self.reading {
            Reading::Events { events, .. } => {
                events.finish(|data| {
                    call.chunk(data);
                });
                call.complete();
            }
            Reading::Whole { kept, .. } => {
                call.body(&kept.whole());
                call.complete();
            }
            Reading::Error { status, headers, kept } => {
                call.fail(Failure::from_response(status.as_u16(), headers, &kept.whole()));
            }
        }
    }
}

impl Drop for Measured {
    fn drop(&mut self) {
        // Who has seen the last event, or that there is no answer, need not read on; any other call is cancelled.
        if matches!(self.reading, Reading::Events { is_done: true, .. } | Reading::Error { .. }) {
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
        let frame = std::task::ready!(Pin::new(&mut self.inner).poll_frame(context));
        match &frame {
            Some(Ok(frame)) => {
                if let Some(data) = frame.data_ref().filter(|data| data.has_remaining()) {
                    self.read(data);
                }
                // Who knows the length does not ask for what is after it.
                if self.inner.is_end_stream() {
                    self.end();
                }
            }
            Some(Err(error)) => {
                if let Some(call) = self.call.take() {
                    call.fail(Failure::from_error(error));
                }
            }
            None => self.end(),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
