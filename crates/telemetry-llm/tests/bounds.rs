//! What is kept of names that callers and peers make up, in a program of its own: nothing else may allocate meanwhile.

use std::time::{Duration, Instant};

use telemetry_llm::{Answer, Llm, Usage};
use telemetry_testkit::TestTelemetry;

#[cfg(feature = "reqwest")]
#[path = "it/passing.rs"]
mod passing;

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
fn a_large_answer_is_read_in_little_more_memory_than_a_small_one() {
    for filling in ["0,", "[],", "{\"a\":1},", "\"a\",", "{\"b\":[1,2,3]},"] {
        let usage = r#""usage":{"prompt_tokens":12,"completion_tokens":5}"#;
        let list = filling.repeat((4 << 20) / filling.len());
        for body in [
            format!(r#"{{"object":"chat.completion","choices":[],"x":[{list}0],{usage}}}"#),
            format!(r#"[{{"object":"chat.completion.chunk","choices":[],{usage}}},{list}0]"#),
        ] {
            let mut answer = Answer::default();
            let peak = allocation_counter::measure(|| answer = Answer::from_body(body.as_bytes())).bytes_max;
            assert!(peak < 4 * MEBIBYTE as u64, "{filling}: {peak} bytes");
            assert_eq!(answer.usage.map(|usage| usage.prompt_tokens()), Some(12), "{filling}");
        }
    }
}

#[cfg(feature = "reqwest")]
#[test]
fn nothing_is_kept_of_what_passes_the_middleware() {
    let telemetry = TestTelemetry::new();
    let llm = Llm::new(telemetry.meter());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be built");
    let usage = r#""usage":{"prompt_tokens":12,"completion_tokens":5}"#;
    let chat = |bytes: usize| {
        let list = "0,".repeat(bytes / 2);
        format!(r#"{{"object":"chat.completion","choices":[],"x":[{list}0],{usage}}}"#)
    };
    let image = "A".repeat(8 << 20);
    let table = [
        ("small values", chat(8 << 20), 16 << 10),
        ("one piece", chat(8 << 20), usize::MAX),
        ("pieces of a byte", chat(256 << 10), 1),
        (
            "a large event",
            format!("data: {{\"object\":\"chat.completion.chunk\",\"x\":\"{image}\",\"choices\":[],{usage}}}\n\n"),
            16 << 10,
        ),
        ("an event without end", format!("data: {image}"), 16 << 10),
        ("many events", "data: {\"object\":\"chat.completion.chunk\",\"choices\":[]}\n\n".repeat(20_000), 1_000),
        ("no answer", image, 16 << 10),
    ];
    for (case, body, size) in table {
        let passing = passing::Passing::new(body).in_pieces(size);
        let mut passed = 0;
        let ask = || (passed, _) = runtime.block_on(passing.ask(&llm, "/v1/chat/completions"));
        // A client, which is made here too, has some two of them.
        let peak = allocation_counter::measure(ask).bytes_max;
        assert!(peak < 4 * MEBIBYTE as u64, "{case}: {peak} bytes");
        assert_eq!(passed, passing.body.len(), "{case}");
    }
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

#[cfg(feature = "tracing-layer")]
#[test]
fn nothing_is_kept_of_spans_that_have_closed_and_little_of_those_that_are_open() {
    use tracing_subscriber::layer::SubscriberExt as _;

    let telemetry = TestTelemetry::new();
    let llm = Llm::new(telemetry.meter());
    let subscriber = tracing_subscriber::registry().with(telemetry_llm::GenAiLayer::new(&llm).layer());
    let _entered = tracing::subscriber::set_default(subscriber);
    let long = "x".repeat(1 << 20);
    let text = "y".repeat(1 << 10);
    let open = |model: &str, long: &str| {
        tracing::info_span!(
            "chat",
            gen_ai.operation.name = "chat",
            gen_ai.provider.name = "local",
            gen_ai.request.model = model,
            gen_ai.response.model = ?long,
            gen_ai.response.id = long,
            gen_ai.usage.input_tokens = 20,
            "error.type" = long,
        )
    };
    let close = |spans: usize| (0..spans).for_each(|i| drop(open(&format!("model-{}", i % 50), &text)));
    close(1_000);
    let bytes = kept(|| close(20_000));
    assert!(bytes < MEBIBYTE / 8, "{bytes} bytes of 20,000 spans");
    let mut spans = Vec::with_capacity(1_000);
    let bytes = kept(|| spans.extend((0..1_000).map(|_| open(&long, &long))));
    assert!(bytes < 4 * MEBIBYTE, "{bytes} bytes of {} spans that are open", spans.len());
    drop(spans);
    assert_eq!(telemetry.metrics().total("llm_provider_request_seconds", &[]), 22_000.0);
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
    // All the room that there is for names that stay and are not registered.
    for i in 0..1_200_usize {
        let spell = |(at, c): (usize, char)| if i >> at & 1 == 1 { c.to_ascii_uppercase() } else { c };
        // Of its first letters each is large in every other spelling.
        let model: String = "claudesonnet".chars().enumerate().map(spell).collect();
        let (claude, sonnet) = model.split_at(6);
        (0..2).for_each(|_| call(&llm, "anthropic", &format!("{claude}-{sonnet}-4-5")));
    }
    let in_use = || call(&llm, "openai", "gpt-4o-mini");
    (0..3).for_each(|_| in_use());
    let mut forgotten = 0;
    for i in 0..10_000 {
        call(&llm, "local", &format!("once-{i}"));
        forgotten += u32::from(allocation_counter::measure(in_use).count_total > 0);
    }
    // Its rates are worked out anew at each quarter of an hour, of which there are not two in this test.
    assert!(forgotten <= 1, "forgotten {forgotten} times");
}
