//! The scope that a span was made in, which may be closed anywhere.

use std::sync::Arc;

use telemetry_core::scope;

use super::watched::{Watched, chat, used};
use crate::scope::Book;

#[test]
fn a_call_is_told_to_the_scope_that_its_span_was_made_in() {
    let watched = Watched::new();
    let book = Arc::new(Book::default());
    let span = scope::open(book.clone()).in_scope(chat);
    used(&span, [1_000, 200, 0, 0, 0, 0]);
    drop(span);
    let outside = chat();
    used(&outside, [7, 7, 0, 0, 0, 0]);
    drop(outside);
    let told = book.told();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!((told[0].prompt_tokens(), told[0].completion_tokens()), (1_000, 200));
    assert!(told[0].cost_usd().is_some_and(|usd| usd > 0.0), "{told:?}");
    assert_eq!(watched.metrics().total("llm_provider_request_seconds", &[]), 2.0);
}
