//! A body that does what a test says, frame by frame.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use http_body::{Frame, SizeHint};

/// A body that does what a test says.
pub(crate) struct Script {
    steps: VecDeque<Step>,
    length: Option<u64>,
}

#[derive(Clone, Copy)]
pub(crate) enum Step {
    Send(&'static str),
    /// Says something in a log line and sends.
    Log(&'static str),
    Fail,
    Panic,
    /// Never comes to an end.
    Hang,
}

impl Script {
    pub(crate) fn body(steps: &[Step]) -> Body {
        Body::new(Self { steps: steps.iter().copied().collect(), length: None })
    }

    /// A body that announces its length.
    pub(crate) fn announced(length: u64, steps: &[Step]) -> Body {
        Body::new(Self { steps: steps.iter().copied().collect(), length: Some(length) })
    }
}

impl http_body::Body for Script {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(Step::Hang) = self.steps.front() {
            return Poll::Pending;
        }
        Poll::Ready(match self.steps.pop_front() {
            Some(Step::Send(text)) => Some(Ok(Frame::data(Bytes::from_static(text.as_bytes())))),
            Some(Step::Log(text)) => {
                tracing::info!("{text}");
                Some(Ok(Frame::data(Bytes::from_static(text.as_bytes()))))
            }
            Some(Step::Fail) => Some(Err(io::Error::other("the upstream is gone"))),
            Some(Step::Panic) => panic!("the body panics"),
            Some(Step::Hang) | None => None,
        })
    }

    fn size_hint(&self) -> SizeHint {
        self.length.map(SizeHint::with_exact).unwrap_or_default()
    }
}
