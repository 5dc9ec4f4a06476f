//! Any stream of events, recorded as it is read.

use std::fmt;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use pin_project_lite::pin_project;

use crate::event::{Seen, StreamEvent};
use crate::guard::{Ending, StreamGuard};
use crate::watch::Watch;

pin_project! {
    /// A stream of events that records itself; made by [`StreamGuard::observe`].
    pub struct Observed<S: Stream, L = fn(&<S as Stream>::Item) -> Seen<'_>> {
        #[pin]
        watch: Watch<S>,
        look: L,
        // Whether whoever reads has taken an item and not been told to wait since.
        holds: bool,
        last: Option<(S::Item, Ending)>,
    }
}

impl StreamGuard {
    /// Records the events of a stream as they are taken from it, and finds out why it ends:
    ///
    /// | reason | when |
    /// |---|---|
    /// | `completed` | the stream ended |
    /// | `client_disconnect` | the wrapper was dropped before; `completed` if it was never read, as for a `HEAD` request |
    /// | `server_shutdown` | the shutdown token was cancelled: the wrapper ends |
    /// | `timeout` | the next event was waited for longer than the idle timeout: the wrapper ends |
    /// | `upstream_error` | an item was an error, which is handed on as the last one |
    /// | `internal_error` | the stream panicked, or what tells of its items |
    ///
    /// An event counts as sent when it is taken. Before the error at the end, whoever reads is told once to wait, because
    /// that is when a server writes what it has, and it drops that when the body of a response fails. `sse` knows better.
    ///
    /// ```
    /// use std::convert::Infallible;
    ///
    /// use futures_util::{StreamExt as _, stream};
    /// use serde_json::json;
    /// use telemetry_stream::Streams;
    /// use telemetry_stream::labels::{StreamKind, Transport};
    ///
    /// # async fn example() {
    /// let events = stream::iter([Ok::<_, Infallible>(json!({ "type": "step", "number": 1 }))]);
    /// let stream = Streams::global().start(StreamKind::Task, Transport::Sse, "exec-17");
    /// let mut events = stream.observe(events);
    /// while let Some(event) = events.next().await { /* send it */ }
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// With an idle timeout, when it is polled outside a tokio runtime with time enabled.
    pub fn observe<S>(self, events: S) -> Observed<S>
    where
        S: Stream,
        S::Item: StreamEvent,
    {
        self.observe_as(events, <S::Item as StreamEvent>::seen as fn(&S::Item) -> Seen<'_>)
    }

    /// [`observe`](Self::observe) for items of any type: `look` tells what each is.
    ///
    /// ```
    /// use futures_util::stream;
    /// use telemetry_stream::labels::{CloseReason, StreamKind, Transport};
    /// use telemetry_stream::{Seen, Streams};
    ///
    /// let lines = stream::iter(["step 1", "", "abort"]);
    /// let stream = Streams::global().start(StreamKind::Task, Transport::Sse, "exec-17");
    /// let lines = stream.observe_as(lines, |line| match *line {
    ///     "" => Seen::Nothing,
    ///     "abort" => Seen::End(CloseReason::UpstreamError),
    ///     _ => "line".into(),
    /// });
    /// ```
    pub fn observe_as<S, L>(self, items: S, look: L) -> Observed<S, L>
    where
        S: Stream,
        L: FnMut(&S::Item) -> Seen<'_>,
    {
        Observed { watch: Watch::new(self, items), look, holds: false, last: None }
    }
}

impl<S: Stream, L> Observed<S, L> {
    /// The connection's guard, for its span and its count of events.
    pub fn guard(&self) -> &StreamGuard {
        self.watch.guard()
    }
}

impl<S, L> Stream for Observed<S, L>
where
    S: Stream,
    L: FnMut(&S::Item) -> Seen<'_>,
{
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let mut this = self.project();
        if let Some((item, ending)) = this.last.take() {
            this.watch.guard_mut().end(&ending);
            return Poll::Ready(Some(item));
        }
        let Poll::Ready(polled) = this.watch.as_mut().poll(cx) else {
            *this.holds = false;
            return Poll::Pending;
        };
        let item = match polled {
            Ok(item) => item,
            Err(reason) => {
                this.watch.guard_mut().end(&Ending::of(reason));
                return Poll::Ready(None);
            }
        };
        let (event, ending) = this.watch.as_mut().look(|| (this.look)(&item));
        let guard = this.watch.guard_mut();
        event.into_iter().for_each(|event| guard.arrived(event));
        match ending {
            Some(ending) if ending.reason.is_error() && mem::take(this.holds) => {
                guard.is_to_end(&ending);
                *this.last = Some((item, ending));
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            Some(ending) => guard.end(&ending),
            None => *this.holds = true,
        }
        Poll::Ready(Some(item))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.watch.size_hint()
    }
}

impl<S: Stream, L> fmt::Debug for Observed<S, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observed").field("guard", self.watch.guard()).finish_non_exhaustive()
    }
}
