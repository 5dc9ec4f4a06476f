//! What is kept of names that callers and peers make up, in a program of its own: nothing else may allocate meanwhile.

use std::time::{Duration, Instant};

use telemetry_llm::{Llm, Usage};
use telemetry_testkit::TestTelemetry;

const MEBIBYTE: i64 = 1 << 20;

fn call(llm: &Llm, provider: &str, model: &str) {
    drop(llm.call(provider, model).start().succeed(Usage::new(2_000, 300)));
}

/// What `work` has allocated and not freed.
fn kept(work: impl FnMut()) -> i64 {
    let mut work = work;
    allocation_counter::measure(&mut work).bytes_current
}

#[test]
fn names_without_end_are_kept_in_a_few_mebibytes_whatever_their_length() {
    let telemetry = TestTelemetry::new();
    let llm = Llm::new(telemetry.meter());
    let long = "x".repeat(1 << 20);
    let wide = "ü".repeat(100_000);
    type Spelling<'a> = &'a dyn Fn(usize) -> (String, String);
    let kinds: [(&str, Spelling<'_>); 5] = [
        ("models of a mebibyte", &|i| ("local".to_owned(), format!("{i}{long}"))),
        ("models that differ at their end", &|i| ("local".to_owned(), format!("{long}{i}"))),
        ("providers of a mebibyte", &|i| (format!("{i}{long}"), "m".to_owned())),
        ("wide characters", &|i| (format!("{i}{wide}"), format!("{i}{wide}"))),
        ("dated spellings of a model with a price", &|i| {
            ("OpenAI".to_owned(), format!("GPT-4o-{:04}-{:02}-{:02}", 2000 + i / 365, i / 31 % 12 + 1, i % 31 + 1))
        }),
    ];
    let mut all = 0;
    for (kind, spelling) in kinds {
        let bytes = kept(|| {
            for i in 0..2_000 {
                let (provider, model) = spelling(i);
                // Twice, so that they count as more than a slip.
                (0..2).for_each(|_| call(&llm, &provider, &model));
            }
        });
        all += bytes;
        assert!(bytes < 4 * MEBIBYTE, "{kind}: {bytes} bytes");
    }
    let more = kept(|| {
        for i in 0..10_000 {
            call(&llm, "local", &format!("one-more-{i}"));
        }
    });
    assert!(more < MEBIBYTE, "{more} bytes on top of {all}");
}

/// The shortest of some runs of calls, by which a busy machine does not count.
fn time(llm: &Llm, provider: &str, model: &str) -> Duration {
    (0..15)
        .map(|_| {
            let begun = Instant::now();
            (0..300).for_each(|_| call(llm, provider, model));
            begun.elapsed()
        })
        .min()
        .unwrap_or_default()
}

#[test]
fn a_known_model_costs_after_thousands_of_names_what_it_cost_before() {
    let telemetry = TestTelemetry::new();
    let llm = Llm::new(telemetry.meter());
    let models = [
        ("openai", "gpt-4o"),
        ("openai", "gpt-4o-2024-08-06"),
        ("OpenAI", "GPT-4o-Mini"),
        ("anthropic", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
        ("house", "registered-7b"),
    ];
    llm.register("house", "registered-7b");
    let before = time(&llm, "openai", "gpt-4o");
    for junk in [2_000, 4_000] {
        for i in 0..junk {
            (0..2).for_each(|_| call(&llm, &format!("provider-{}", i % 7), &format!("junk-{junk}-{i}")));
        }
        // The first of them was known before, and the others are new.
        for (provider, model) in models {
            let after = (0..5).map(|_| time(&llm, provider, model)).find(|after| *after < before * 3);
            assert!(
                after.is_some(),
                "{model} after {junk} more names: {:?}, not {before:?}",
                time(&llm, provider, model)
            );
            let counted = allocation_counter::measure(|| (0..100).for_each(|_| call(&llm, provider, model)));
            assert_eq!(counted.count_total, 0, "{model} after {junk} more names");
        }
    }
}

#[test]
fn a_model_in_use_is_not_forgotten_for_names_that_occur_once() {
    let telemetry = TestTelemetry::new();
    let llm = Llm::new(telemetry.meter());
    // What anybody may have made up fills the room that there is for such names, and what comes then is used lately.
    for i in 0..1_000 {
        (0..2).for_each(|_| call(&llm, "local", &format!("first-{i}")));
    }
    let (provider, model) = ("openai", "in-use");
    let new = (0..50).map(|i| {
        let model = format!("new-{i}");
        let begun = Instant::now();
        call(&llm, provider, &model);
        begun.elapsed()
    });
    let new = new.min().unwrap_or_default();
    let known = (0..2_000).map(|i| {
        call(&llm, "local", &format!("once-{i}"));
        let begun = Instant::now();
        call(&llm, provider, model);
        begun.elapsed()
    });
    let mut known: Vec<Duration> = known.collect();
    known.sort_unstable();
    let usual = known[known.len() / 2];
    assert!(usual * 2 < new, "a model in use takes {usual:?}, a new one {new:?}");
}
