//! What calls cost.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use serde::Deserialize;
use serde_json::{Map, Value};
use telemetry_core::SettingsError;
use telemetry_llm::{Answer, LlmError, LlmSettings, ModelPrice, PriceContext, PriceSettings, Prices, Unpriced, Usage};
use telemetry_testkit::eventually;

use crate::fixture::{Fixture, MODEL, NAMES, price, prices};

/// The table that another implementation of the same prices computed: `tests/prices/expected.py`.
const EXPECTED: &str = include_str!("../prices/expected.json");
/// To which that implementation, which computes in decimals, agrees with one that computes in binary.
const TOLERANCE_USD: f64 = 5e-9;

#[derive(Deserialize)]
struct Expected {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    provider: String,
    model: Option<String>,
    at: u64,
    #[serde(default)]
    context: Map<String, Value>,
    body: Option<Value>,
    usage: Map<String, Value>,
    model_id: Option<String>,
    cost_usd: Option<f64>,
}

impl Case {
    fn tokens(&self, name: &str) -> u64 {
        self.usage.get(name).and_then(Value::as_u64).unwrap_or_default()
    }
}

#[test]
fn costs_are_those_of_the_other_implementation() {
    let expected: Expected = serde_json::from_str(EXPECTED).expect("the table is JSON");
    assert!(expected.cases.len() > 50);
    let prices = Prices::bundled();
    for case in &expected.cases {
        let answer = case.body.as_ref().map(Answer::from_json).unwrap_or_default();
        let by_hand = Usage::new(case.tokens("input_tokens"), case.tokens("output_tokens"))
            .cached_prompt(case.tokens("cache_read_tokens"))
            .cache_creation(case.tokens("cache_write_tokens"))
            .reasoning(case.tokens("output_reasoning_tokens"));
        let usage = if case.body.is_some() { answer.usage.clone().expect("it has usage") } else { by_hand.clone() };
        let named = case.model.as_deref().or(answer.model.as_deref()).expect("a model is named");
        for (ours, theirs) in [
            (usage.prompt_tokens(), by_hand.prompt_tokens()),
            (usage.completion_tokens(), by_hand.completion_tokens()),
            (usage.cached_prompt_tokens(), by_hand.cached_prompt_tokens()),
            (usage.cache_creation_tokens(), by_hand.cache_creation_tokens()),
            (usage.reasoning_tokens(), by_hand.reasoning_tokens()),
        ] {
            assert_eq!(ours, theirs, "{named} {:?}", case.usage);
        }
        let tier = case.context.get("service_tier").and_then(Value::as_str);
        let context = PriceContext {
            service_tier: tier.or(answer.service_tier.as_deref()),
            batch: case.context.contains_key("processing"),
            at: Some(SystemTime::UNIX_EPOCH + Duration::from_secs(case.at)),
        };
        let cost = prices.cost(&case.provider, named, &usage, &context);
        match case.cost_usd {
            Some(expected) => {
                let cost = cost.unwrap_or_else(|error| panic!("{named} of {}: {error}", case.provider));
                assert!((cost - expected).abs() <= TOLERANCE_USD, "{named} {:?}: {cost}, not {expected}", case.usage);
                assert_eq!(prices.model_id(&case.provider, named), case.model_id, "{named}");
            }
            None => assert_eq!(cost, Err(Unpriced::Model), "{named} of {}", case.provider),
        }
    }
}

#[test]
fn a_model_without_a_price_counts_as_unpriced() {
    // The table knows the last two, but at no price for tokens.
    for (provider, model) in [
        ("openai", "no-such-model"),
        ("local", "gpt-4o"),
        ("openai", "omni-moderation-latest"),
        ("openai", "whisper-1"),
    ] {
        let fixture = Fixture::with(LlmSettings::default());
        let ended = fixture.llm.call(provider, model).start().succeed(Usage::new(100, 10));
        assert_eq!(ended.cost_usd(), None, "{model}");
        let metrics = fixture.metrics();
        metrics.assert_counter(NAMES.unpriced, &[("provider", provider)], 1.0);
        metrics.assert_absent(NAMES.cost, &[]);
        assert_eq!(metrics.total(NAMES.tokens, &[]), 110.0, "the tokens are known all the same");
    }
}

#[test]
fn what_is_free_by_name_or_by_setting_costs_nothing() {
    let free = prices(&[("local/llama", ModelPrice::default())]);
    let fixture = Fixture::with(LlmSettings { prices: free, ..LlmSettings::default() });
    let ended = fixture.llm.call("local", "llama").start().succeed(Usage::new(100, 10));
    assert_eq!(ended.cost_usd(), Some(0.0));
    let ended = fixture.llm.call("openrouter", "deepseek/deepseek-r1:free").start().succeed(Usage::new(100, 10));
    assert_eq!(ended.cost_usd(), Some(0.0));
    fixture.assert_no_series(NAMES.unpriced, &[]);
}

#[test]
fn overrides_come_before_the_table() {
    let settings = prices(&[
        ("gpt-4o", price(100.0, 200.0)),
        ("Azure/gpt-4o", price(300.0, 400.0)),
        (
            "full",
            ModelPrice { input: 8.0, output: 16.0, cached_input: Some(1.0), cache_creation: Some(2.0), request: 0.5 },
        ),
    ]);
    let prices = Prices::new(&settings).expect("the prices are sound");
    let context = PriceContext::default();
    let million = Usage::new(1_000_000, 1_000_000);
    assert_eq!(prices.cost("openai", "gpt-4o", &million, &context), Ok(300.0));
    assert_eq!(prices.cost("openai", "GPT-4o-2024-08-06", &million, &context), Ok(300.0), "by the id");
    assert_eq!(prices.cost("azure", "gpt-4o", &million, &context), Ok(700.0), "the provider's own comes first");
    let parts = Usage::new(4_000_000, 0).cached_prompt(1_000_000).cache_creation(2_000_000);
    assert_eq!(prices.cost("local", "full", &parts, &context), Ok(8.0 + 1.0 + 4.0 + 0.5));
    let mini = prices.cost("openai", "gpt-4o-mini", &million, &context).expect("the table has it");
    assert!(mini < 1.0);
}

#[test]
fn the_dated_model_that_answered_is_overridden_by_the_name_that_was_called() {
    let fixture =
        Fixture::with(LlmSettings { prices: prices(&[("gpt-4o", price(9.0, 9.0))]), ..LlmSettings::default() });
    let mut call = fixture.llm.call("openai", "gpt-4o").start();
    call.response_model("gpt-4o-2024-08-06");
    assert_eq!(call.succeed(Usage::new(1_000_000, 0)).cost_usd(), Some(9.0));
}

#[test]
fn tiers_and_batches_of_a_call_are_priced() {
    let fixture = Fixture::with(LlmSettings::default());
    let million = Usage::new(1_000_000, 1_000_000);
    let cost = |prepare: &dyn Fn(&mut telemetry_llm::Call)| {
        let mut call = fixture.llm.call("openai", "o3").start();
        prepare(&mut call);
        call.succeed(million.clone()).cost_usd().expect("it has a price")
    };
    let standard = cost(&|_| {});
    assert!(cost(&|call| call.service_tier("flex")) < standard);
    assert!(cost(&|call| call.service_tier("priority")) > standard);
    let batch = fixture.llm.call("openai", "o3").batch().start().succeed(million.clone()).cost_usd();
    assert!(batch.expect("it has a price") < standard);
}

/// The most that a peer and a setting can say together is a sum that counters hold.
#[test]
fn no_usage_at_no_accepted_price_is_beyond_any_sum() {
    let dear = price(ModelPrice::MOST_USD, ModelPrice::MOST_USD);
    for (usage, expected) in [
        (Usage::new(Usage::MOST_TOKENS, Usage::MOST_TOKENS), Some(2e9)),
        (Usage::new(u64::MAX, 0), None),
        (Usage::new(0, u64::MAX), None),
        (Usage::new(u64::MAX, u64::MAX).cached_prompt(u64::MAX).cache_creation(u64::MAX).reasoning(u64::MAX), None),
    ] {
        let fixture = Fixture::with(LlmSettings { prices: prices(&[(MODEL, dear)]), ..LlmSettings::default() });
        for _ in 0..3 {
            let ended = fixture.llm.call("openai", MODEL).start().succeed(usage.clone());
            assert_eq!(ended.cost_usd(), expected, "{usage:?}");
        }
        let direct = fixture.llm.prices().cost("openai", MODEL, &usage, &PriceContext::default());
        assert_eq!(direct.ok(), expected, "{usage:?}");
        let metrics = fixture.metrics();
        metrics.assert_absent(NAMES.dropped, &[]);
        assert_eq!(metrics.total(NAMES.unpriced, &[]), if expected.is_some() { 0.0 } else { 3.0 });
        assert_eq!(metrics.total(NAMES.cost, &[]), expected.unwrap_or_default() * 3.0);
    }
}

/// A message that was compacted so often before, each time at 150,000 tokens.
fn compacted(times: usize) -> Vec<u8> {
    let compaction = serde_json::json!({"type": "compaction", "input_tokens": 150_000, "output_tokens": 1_000});
    let last = serde_json::json!({"type": "message", "input_tokens": 20_000, "output_tokens": 1_000});
    let iterations: Vec<_> = std::iter::repeat_n(compaction, times).chain([last]).collect();
    let usage = serde_json::json!({"input_tokens": 20_000, "output_tokens": 1_000, "iterations": iterations});
    serde_json::json!({"type": "message", "model": "claude-sonnet-4-5", "content": [], "usage": usage})
        .to_string()
        .into()
}

#[test]
fn each_request_of_a_call_has_the_prices_of_its_own_length() {
    let fixture = Fixture::with(LlmSettings::default());
    // Up to 64 requests, below the step; beyond that their sum, which is above it.
    for (times, expected) in [
        (0, 20_000.0 * 3.0 + 1_000.0 * 15.0),
        (63, (63.0 * 150_000.0 + 20_000.0) * 3.0 + 64_000.0 * 15.0),
        (64, (64.0 * 150_000.0 + 20_000.0) * 6.0 + 65_000.0 * 22.5),
    ] {
        let mut call = fixture.llm.start("anthropic", "claude-sonnet-4-5");
        call.body(&compacted(times));
        let cost = call.complete().cost_usd().expect("it has a price");
        assert!((cost - expected / 1e6).abs() < 1e-9, "{times}: {cost}");
    }
}

#[test]
fn an_override_counts_a_call_of_several_requests_once() {
    let price = ModelPrice { request: 0.5, ..price(1.0, 2.0) };
    let overrides = prices(&[("claude-sonnet-4-5", price)]);
    let fixture = Fixture::with(LlmSettings { prices: overrides, ..LlmSettings::default() });
    let mut call = fixture.llm.start("anthropic", "claude-sonnet-4-5");
    call.body(&compacted(2));
    let cost = call.complete().cost_usd().expect("it has a price");
    assert!((cost - (0.32 + 0.006 + 0.5)).abs() < 1e-9, "{cost}");
}

pub(crate) fn write_table(path: &Path, input: f64) {
    let table = serde_json::json!([{
        "id": "acme", "name": "Acme", "api_pattern": "https://api\\.acme\\.example",
        "models": [{"id": "rocket", "match": {"starts_with": "rocket"}, "prices": {"input_mtok": input, "output_mtok": 0.5}}],
    }]);
    fs::write(path, table.to_string()).expect("the directory is there");
}

#[test]
fn a_file_of_prices_is_read_again_when_it_has_changed() {
    let directory = tempfile::tempdir().expect("there is room");
    let path = directory.path().join("prices.json");
    write_table(&path, 1.0);
    let settings =
        PriceSettings { file: Some(path.clone()), reload_every: Duration::from_millis(10), ..PriceSettings::default() };
    let fixture = Fixture::with(LlmSettings { prices: settings, ..LlmSettings::default() });
    let million = Usage::new(1_000_000, 0);
    let cost = || fixture.llm.prices().cost("acme", "rocket-9", &million, &PriceContext::default());
    assert_eq!(cost(), Ok(1.0));
    assert_eq!(fixture.llm.prices().cost("openai", "gpt-4o", &million, &PriceContext::default()), Err(Unpriced::Model));
    // Labels are told by the table too.
    drop(fixture.llm.call("acme", "rocket-9").start());
    fixture.assert_histogram_count(NAMES.request, &[("model", "rocket")], 1);

    write_table(&path, 2.5);
    eventually("the new price", || cost() == Ok(2.5)).wait();
    // Half a file, and no file, change nothing.
    fs::write(&path, "[{").expect("the directory is there");
    assert!(matches!(fixture.llm.prices().reload(), Err(LlmError::Setting(SettingsError::File { .. }))));
    assert_eq!(cost(), Ok(2.5));
    fs::remove_file(&path).expect("it is there");
    assert!(fixture.llm.prices().reload().is_err());
    assert_eq!(cost(), Ok(2.5));
    write_table(&path, 4.0);
    eventually("the newest price", || cost() == Ok(4.0)).wait();
}

/// Calls that say no more than their tokens are priced by rates that are worked out once: to the same cost.
#[test]
fn what_is_remembered_of_a_price_changes_no_cost() {
    // With steps by the length of the prompt, cached and reasoning tokens at prices of their own, prices of a time of
    // day, a price of each request, no price.
    let models = [
        ("openai", "gpt-4o"),
        ("openai", "gpt-4o-2024-08-06"),
        ("openai", "o3"),
        ("openai", "gpt-5"),
        ("openai", "gpt-5.4"),
        ("openai", "house-model-7b"),
        ("anthropic", "claude-sonnet-4-5"),
        ("anthropic", "claude-sonnet-4-20250514"),
        ("anthropic", "claude-opus-4-1"),
        ("google", "gemini-2.5-pro"),
        ("google", "gemini-2.5-flash"),
        ("google", "gemini-1.5-pro"),
        ("deepseek", "deepseek-chat"),
        ("deepseek", "deepseek-reasoner"),
        ("perplexity", "sonar"),
        ("x-ai", "grok-4"),
        ("openrouter", "meta-llama/llama-3.3-70b-instruct:free"),
        ("openai", MODEL),
    ];
    let fixture = Fixture::new();
    let mut random = fastrand::Rng::with_seed(7);
    let mut priced = 0;
    for (provider, model) in models {
        for _ in 0..40 {
            // From a few tokens to more than any step begins at.
            let mut tokens = |most: u32| {
                let digits = random.u32(0..most);
                random.u64(0..=10_u64.pow(digits))
            };
            let (prompt, completion) = (tokens(8), tokens(6));
            let (cached, created, reasoning) = (tokens(8), tokens(8), tokens(6));
            let cached = cached.min(prompt);
            let usage = Usage::new(prompt, completion)
                .cached_prompt(cached)
                .cache_creation(created.min(prompt - cached))
                .reasoning(reasoning.min(completion));
            let expected = fixture.llm.prices().cost(provider, model, &usage, &PriceContext::default()).ok();
            let cost = fixture.llm.call(provider, model).start().succeed(usage.clone()).cost_usd();
            match (cost, expected) {
                (Some(cost), Some(expected)) => {
                    priced += 1;
                    assert!((cost - expected).abs() <= 1e-9 * expected, "{model} {usage:?}: {cost}, not {expected}");
                }
                (cost, expected) => assert_eq!(cost, expected, "{model} {usage:?}"),
            }
        }
    }
    assert!(priced > 400, "{priced}");
}
