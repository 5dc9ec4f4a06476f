//! What a call used is told to the scope that it was made in.

use std::sync::{Arc, Mutex};
use std::thread;

use telemetry_core::scope::{self, Ledger, Reach, Spent};
use telemetry_llm::{Failure, Usage};

use crate::fixture::{Fixture, MODEL, NAMES};

/// A ledger that keeps what it is told.
#[derive(Default)]
pub(crate) struct Book(Mutex<Vec<Spent>>);

impl Book {
    pub(crate) fn told(&self) -> Vec<Spent> {
        self.0.lock().map(|told| told.clone()).unwrap_or_default()
    }
}

impl Ledger for Book {
    fn kind(&self) -> &'static str {
        "book"
    }

    fn spent(&self, spent: &Spent, _: Reach) {
        if let Ok(mut told) = self.0.lock() {
            told.push(*spent);
        }
    }
}

#[test]
fn each_end_tells_what_was_used_wherever_the_guard_ends() {
    let fixture = Fixture::new();
    let book = Arc::new(Book::default());
    let start = || scope::open(book.clone()).in_scope(|| fixture.llm.start("openai", MODEL));
    // Of a price of 1 and 2 US dollars a million tokens.
    let _ = start().succeed(Usage::new(1_000_000, 500_000));
    let call = start();
    thread::spawn(move || drop(call.succeed(Usage::new(2, 0)))).join().expect("it ends there");
    let mut known = start();
    known.cost_usd(0.25);
    let _ = known.succeed(None);
    let mut dropped = start();
    dropped.usage(Usage::new(10, 5));
    drop(dropped);
    let expected = [
        Spent::tokens(1_000_000, 500_000).with_cost_usd(2.0),
        Spent::tokens(2, 0).with_cost_usd(0.000_002),
        Spent::default().with_cost_usd(0.25),
        Spent::tokens(10, 5).with_cost_usd(0.000_02),
    ];
    let told = book.told();
    assert_eq!(told.len(), expected.len(), "{told:?}");
    for (told, expected) in told.iter().zip(expected) {
        assert_eq!(told.prompt_tokens(), expected.prompt_tokens());
        assert_eq!(told.completion_tokens(), expected.completion_tokens());
        let (told, expected) = (told.cost_usd().unwrap_or(-1.0), expected.cost_usd().unwrap_or(-1.0));
        assert!((told - expected).abs() < 1e-12, "{told} {expected}");
    }
    let sum: f64 = told.iter().filter_map(Spent::cost_usd).sum();
    assert!((fixture.metrics().total(NAMES.cost, &[]) - sum).abs() < 1e-9, "the same as the calls' own metric");
}

#[test]
fn what_used_nothing_tells_nothing_and_what_has_no_price_no_cost() {
    let fixture = Fixture::new();
    let book = Arc::new(Book::default());
    scope::open(book.clone()).in_scope(|| {
        let _ = fixture.llm.start("openai", MODEL).fail(Failure::timeout());
        drop(fixture.llm.start("openai", MODEL));
        let _ = fixture.llm.start("openai", "model-of-ours").succeed(Usage::new(3, 4));
    });
    let _ = fixture.llm.start("openai", MODEL).succeed(Usage::new(100, 100));
    assert_eq!(book.told(), [Spent::tokens(3, 4)]);
}
