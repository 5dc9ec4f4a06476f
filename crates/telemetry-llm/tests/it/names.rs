//! What models and providers are called in metrics.

use std::collections::BTreeMap;
use std::sync::Barrier;

use telemetry_llm::LlmSettings;

use crate::fixture::{Fixture, NAMES};

#[test]
fn spellings_of_a_model_fold_into_its_id() {
    let table = [
        ("openai", "gpt-4o", "gpt-4o"),
        ("openai", "GPT-4o", "gpt-4o"),
        ("openai", "gpt-4o-2024-08-06", "gpt-4o"),
        ("openai", "openai/gpt-4o", "gpt-4o"),
        ("openai", "ft:gpt-4o-2024-08-06:acme:run-7:AbC123", "ft:gpt-4o"),
        ("anthropic", "claude-sonnet-4-5-20250929", "claude-sonnet-4-5"),
        ("anthropic", "us.anthropic.claude-opus-5-20260101-v1:0", "claude-opus-5"),
        ("gemini", "models/gemini-2.5-pro", "gemini-2.5-pro"),
        ("vertex", "projects/p/locations/l/publishers/google/models/gemini-2.5-pro", "gemini-2.5-pro"),
        // Nobody's, so by their form.
        ("local", "My-Model", "my-model"),
        ("local", "my-model-2025-01-31", "my-model"),
        ("local", "my-model-20250131", "my-model"),
        ("local", "my-model@20250131", "my-model"),
        ("local", "my-model-12345678", "my-model-12345678"),
        ("local", "models/my-model", "my-model"),
        ("local", "org/my-model", "org/my-model"),
        ("local", "-2025-01-31", "-2025-01-31"),
        ("local", "\u{7}bell", "bell"),
        ("local", "  ", "unknown"),
        ("local", "ü-2025-01-31", "ü"),
    ];
    for (provider, model, expected) in table {
        let fixture = Fixture::with(LlmSettings::default());
        drop(fixture.llm.call(provider, model).start());
        let labels = [("provider", provider), ("model", expected)];
        fixture.assert_histogram_count(NAMES.request, &labels, 1);
    }
}

#[test]
fn deployments_are_the_models_that_they_run() {
    let deployments = BTreeMap::from([("prod-east".to_owned(), "gpt-4o".to_owned())]);
    let fixture = Fixture::with(LlmSettings { deployments, ..LlmSettings::default() });
    fixture.llm.call("azure", "prod-east").start().succeed(telemetry_llm::Usage::new(1_000_000, 0));
    let metrics = fixture.metrics();
    metrics.assert_histogram_count(NAMES.request, &[("provider", "azure"), ("model", "gpt-4o")], 1);
    assert!(metrics.counter(NAMES.cost, &[]) > 0.0);
    fixture.call().assert_attribute("gen_ai.request.model", "gpt-4o");
}

#[test]
fn names_without_end_stay_bounded() {
    let fixture = Fixture::with(LlmSettings::default());
    for i in 0..3_000 {
        drop(fixture.llm.call("local", &format!("model-{i}")).start());
    }
    drop(fixture.llm.call("local", &"x".repeat(10_000)).start());
    let metrics = fixture.metrics();
    assert_eq!(metrics.total(NAMES.request, &[]), 3_001.0);
    assert_eq!(metrics.series_count(NAMES.request), 101, "a hundred models and _other");
}

#[test]
fn threads_that_meet_new_names_at_once_agree_on_them() {
    let fixture = Fixture::with(LlmSettings::default());
    let gate = Barrier::new(4);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                gate.wait();
                for i in 0..60 {
                    let model = format!("model-{i}");
                    let ended = fixture.llm.start("local", &model).cancel();
                    assert_eq!(ended.model(), model);
                }
            });
        }
    });
    let metrics = fixture.metrics();
    assert_eq!(metrics.series_count(NAMES.request), 60);
    metrics.assert_histogram_count(NAMES.request, &[("model", "model-59")], 4);
}

#[test]
fn a_name_that_is_folded_is_told_all_the_same() {
    let fixture = Fixture::with(LlmSettings::default());
    for i in 0..2_100 {
        let model = format!("model-{i}");
        // Beyond a hundred the label is `_other`, and beyond two thousand nothing is remembered.
        assert_eq!(fixture.llm.start("local", &model).cancel().record().model, model);
    }
    assert_eq!(fixture.metrics().series_count(NAMES.request), 101);
}
