//! Streams that record themselves, in paused time.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::time::Duration;

use futures_util::stream::{self, BoxStream};
use futures_util::{FutureExt as _, StreamExt as _};
use telemetry_stream::labels::CloseReason;
use telemetry_stream::{EventInfo, Seen, StreamGuard};
use tokio::sync::mpsc;
use tokio::task::yield_now;
use tokio::time::advance;

use crate::fixture::{Fixture, GONE, NAMES, Step};

type Item = Result<Step, &'static str>;

/// A stream of events that a test sends one by one.
fn channel() -> (mpsc::UnboundedSender<Item>, BoxStream<'static, Item>) {
    let (sender, mut receiver) = mpsc::unbounded_channel();
    (sender, stream::poll_fn(move |cx| receiver.poll_recv(cx)).boxed())
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_ends_is_complete() {
    let fixture = Fixture::new();
    let steps = stream::iter([Step::now("step"), Step::now("turn")]).map(Ok::<_, Infallible>);
    let mut events = fixture.open().start().observe(steps);
    assert_eq!(events.by_ref().count().await, 2);
    fixture.assert_one_stream(CloseReason::Completed, 2);
    assert!(events.next().await.is_none());
    drop(events);
    fixture.assert_one_stream(CloseReason::Completed, 2);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_dropped_was_left_by_its_client() {
    let fixture = Fixture::new();
    let (sender, steps) = channel();
    let mut events = fixture.open().start().observe(steps);
    sender.send(Ok(Step::now("step"))).expect("the stream is there");
    assert!(events.next().await.is_some());
    assert_eq!(fixture.active(), 1.0);
    drop(events);
    fixture.assert_one_stream(CloseReason::ClientDisconnect, 1);
}

#[tokio::test(start_paused = true)]
async fn an_error_is_the_last_item_and_says_why() {
    let fixture = Fixture::new();
    let items: [Item; 3] = [Ok(Step::now("step")), Err(GONE), Ok(Step::now("step"))];
    let mut events = fixture.open().start().observe(stream::iter(items));
    assert!(events.next().await.is_some_and(|item| item.is_ok()));
    assert!(events.next().now_or_never().is_none(), "a server writes what it has when it is told to wait");
    assert!(events.next().await.is_some_and(|item| item.is_err()));
    assert!(events.next().await.is_none());
    fixture.assert_one_stream(CloseReason::UpstreamError, 1);
    fixture.assert_cause(GONE);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_failed_has_failed_although_its_client_leaves_before_it_is_told() {
    let fixture = Fixture::new();
    let items: [Item; 2] = [Ok(Step::now("step")), Err(GONE)];
    let mut events = fixture.open().start().observe(stream::iter(items));
    assert!(events.next().await.is_some_and(|item| item.is_ok()));
    assert!(events.next().now_or_never().is_none());
    drop(events);
    fixture.assert_one_stream(CloseReason::UpstreamError, 1);
    fixture.assert_cause(GONE);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_nobody_asks_for_anything_is_that_of_a_head_request() {
    let fixture = Fixture::new();
    let (_sender, steps) = channel();
    drop(fixture.open().start().observe(steps));
    fixture.assert_one_stream(CloseReason::Completed, 0);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_waits_too_long_times_out() {
    let fixture = Fixture::idle_after(Duration::from_secs(30));
    let (sender, steps) = channel();
    let mut events = fixture.open().start().observe(steps);
    for _ in 0..3 {
        assert!(events.next().now_or_never().is_none(), "there is nothing yet, and that is no end");
        advance(Duration::from_secs(29)).await;
        sender.send(Ok(Step::now("step"))).expect("the stream is there");
        assert!(events.next().now_or_never().is_some_and(|item| item.is_some()));
    }
    assert!(events.next().await.is_none(), "time goes on while all wait");
    fixture.assert_one_stream(CloseReason::Timeout, 3);
    let sum = fixture.metrics().histogram(NAMES.duration, &[]).sum;
    assert!((117.0..117.1).contains(&sum), "{sum}");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_reads_slowly_is_no_idle_stream() {
    let fixture = Fixture::idle_after(Duration::from_secs(30));
    let (sender, steps) = channel();
    let mut events = fixture.open().start().observe(steps);
    for _ in 0..3 {
        sender.send(Ok(Step::now("step"))).expect("the stream is there");
        assert!(events.next().await.is_some());
        // Nobody asks for the next one meanwhile.
        advance(Duration::from_secs(300)).await;
        assert!(events.next().now_or_never().is_none(), "there is nothing yet, and that is no end");
        advance(Duration::from_secs(29)).await;
    }
    drop(sender);
    assert!(events.next().await.is_none());
    fixture.assert_one_stream(CloseReason::Completed, 3);
}

#[tokio::test(start_paused = true)]
async fn a_stream_has_the_idle_timeout_that_it_is_given() {
    let fixture = Fixture::idle_after(Duration::from_secs(30));
    let (_sender, steps) = channel();
    let mut events = fixture.open().idle_timeout(None).start().observe(steps);
    let waited = tokio::time::timeout(Duration::from_secs(3600), events.next()).await;
    assert!(waited.is_err(), "it waits for ever");
    drop(events);
    fixture.assert_one_stream(CloseReason::ClientDisconnect, 0);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_shuts_down_ends_its_streams() {
    let fixture = Fixture::new();
    let (_sender, steps) = channel();
    let mut events = pin!(fixture.open().start().observe(steps));
    let stop = async {
        yield_now().await;
        fixture.streams.shut_down();
    };
    let (next, ()) = tokio::join!(events.next(), stop);
    assert!(next.is_none(), "who waits for an event is told");
    fixture.assert_one_stream(CloseReason::ServerShutdown, 0);

    // One that is opened later ends at once, whatever there is to send.
    let late = fixture.open().start().observe(stream::repeat_with(|| Ok::<_, Infallible>(Step::now("step"))));
    assert_eq!(late.count().await, 0);
    assert_eq!(fixture.closed(CloseReason::ServerShutdown), 2.0);
}

#[tokio::test(start_paused = true)]
async fn a_source_that_panics_is_an_internal_error() {
    let fixture = Fixture::new();
    let steps = stream::iter(0..3).map(|number| match number {
        2 => panic!("as the test wants it"),
        _ => Ok::<_, Infallible>(Step::now("step")),
    });
    let mut events = fixture.open().start().observe(steps);
    let caught = AssertUnwindSafe(async { events.by_ref().count().await }).catch_unwind().await;
    assert!(caught.is_err());
    // By now nothing unwinds any more.
    drop(events);
    fixture.assert_panicked(2);
}

#[tokio::test(start_paused = true)]
async fn items_of_any_type_can_be_looked_at() {
    let fixture = Fixture::new();
    let lines = stream::iter(["chunk a", "", "chunk b", "abort", "chunk c"]);
    let events = fixture.open().start().observe_as(lines, |line| match line.split(' ').next() {
        Some("") | None => Seen::Nothing,
        Some("abort") => Seen::End(CloseReason::InternalError),
        Some(event_type) => EventInfo::new(event_type).into(),
    });
    assert_eq!(events.collect::<Vec<_>>().await, ["chunk a", "", "chunk b", "abort"]);
    fixture.assert_one_stream(CloseReason::InternalError, 2);
    fixture.assert_counter(NAMES.events, &[("event_type", "chunk")], 2.0);
}

#[tokio::test]
async fn what_tells_of_the_items_may_panic_as_the_source_may() {
    let fixture = Fixture::new();
    let items = stream::iter(["step", "panic"]);
    let mut events = fixture.open().start().observe_as(items, |item| match *item {
        "panic" => panic!("as the test wants it"),
        event_type => event_type.into(),
    });
    let caught = AssertUnwindSafe(async { events.by_ref().count().await }).catch_unwind().await;
    assert!(caught.is_err());
    drop(events);
    fixture.assert_panicked(1);
}

#[tokio::test(start_paused = true)]
async fn latency_is_from_publication_to_the_hand_over() {
    let fixture = Fixture::new();
    let (sender, steps) = channel();
    let mut events = fixture.open().start().observe(steps);
    sender.send(Ok(Step::now("step"))).expect("the stream is there");
    // It waits for a client that is busy reading others.
    advance(Duration::from_millis(80)).await;
    assert!(events.next().await.is_some());
    assert_eq!(fixture.metrics().histogram(NAMES.latency, &[]).sum, 0.08);
}

#[tokio::test(start_paused = true)]
async fn what_the_source_logs_belongs_to_the_connection() {
    let fixture = Fixture::new();
    let steps = stream::iter([()]).map(|()| {
        tracing::info!("read from the store");
        Ok::<_, Infallible>(Step::now("step"))
    });
    assert_eq!(fixture.open().start().observe(steps).count().await, 1);
    assert_eq!(fixture.log("read from the store").span_id, Some(fixture.span("stream.connection").span_id));
}

#[test]
fn a_wrapper_knows_how_long_it_may_be() {
    let open = |fixture: &Fixture| -> StreamGuard { fixture.open().start() };
    let fixture = Fixture::new();
    let events = open(&fixture).observe(stream::iter([Ok::<_, Infallible>(Step::now("step"))]));
    assert_eq!(futures_util::Stream::size_hint(&events), (0, Some(1)));
    assert_eq!(events.guard().events(), 0);
}
