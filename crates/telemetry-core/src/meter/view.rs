//! The SDK's own limit of series, which only a view can set, and a view is asked by instrument name alone. So the limit
//! is handed to it beside the call: the SDK asks its views on the thread that builds the instrument.

use std::cell::Cell;

use opentelemetry_sdk::metrics::{Instrument, Stream};

thread_local! {
    static LIMIT: Cell<Option<usize>> = const { Cell::new(None) };
}

/// Builds an instrument while the view knows its limit.
pub(super) fn with_limit<T>(limit: usize, build: impl FnOnce() -> T) -> T {
    struct Reset;
    impl Drop for Reset {
        fn drop(&mut self) {
            LIMIT.set(None);
        }
    }
    LIMIT.set(Some(limit));
    let _reset = Reset;
    build()
}

pub(super) fn view(_: &Instrument) -> Option<Stream> {
    let limit = LIMIT.get()?;
    Stream::builder().with_cardinality_limit(limit).build().ok()
}
