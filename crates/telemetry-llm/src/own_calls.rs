//! Where calls of this crate's own guards are under way, so that what spans of other libraries tell of them counts once.

use std::any::TypeId;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::OnceLock;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use tracing::span::Id;
use tracing::{Dispatch, dispatcher};

/// Notes at a span, and at those around it, that what they tell of is counted already.
pub(crate) type Cover = fn(&Dispatch, &Id);

/// How that is done, by the type of the subscriber. A process has one, and a program of tests a few.
static COVERS: [OnceLock<(TypeId, Cover)>; 16] = [const { OnceLock::new() }; 16];

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// Says how spans of a subscriber of this type are covered.
pub(crate) fn cover_by<S: 'static>(cover: Cover) {
    let subscriber = TypeId::of::<S>();
    let has_it = |place: &OnceLock<(TypeId, Cover)>| place.get_or_init(|| (subscriber, cover)).0 == subscriber;
    let _is_told = COVERS.iter().any(has_it);
}

/// A call of ours starts here: the spans that it starts within, of whatever library, are about the same call.
#[inline]
pub(crate) fn starts() {
    if COVERS[0].get().is_some() {
        cover_current();
    }
}

#[cold]
fn cover_current() {
    // In a thread whose variables are being destroyed, the subscriber panics when it is asked.
    let _said_by_the_panic_hook = catch_unwind(AssertUnwindSafe(|| {
        dispatcher::get_default(|dispatch| {
            if let Some(span) = dispatch.current_span().id() {
                COVERS.iter().map_while(OnceLock::get).for_each(|(_, cover)| cover(dispatch, span));
            }
        });
    }));
}

/// Whether what runs here is within a call of ours, be its trace sampled or not.
pub(crate) fn is_within() -> bool {
    DEPTH.get() > 0
}

/// While it lives, what this thread runs is within a call of ours.
pub(crate) fn enter() -> Entered {
    DEPTH.set(DEPTH.get().saturating_add(1));
    Entered(())
}

pub(crate) struct Entered(());

impl Drop for Entered {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get().saturating_sub(1));
    }
}

pin_project! {
    /// A future that is polled within a call of ours.
    pub(crate) struct Within<F> {
        #[pin]
        future: F,
    }
}

impl<F> Within<F> {
    pub(crate) fn new(future: F) -> Self {
        Self { future }
    }
}

impl<F: Future> Future for Within<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let _entered = enter();
        self.project().future.poll(cx)
    }
}
