//! Without the feature `prices`: the same settings, of which a file of prices is refused.

#![cfg(not(feature = "prices"))]

use telemetry_core::Meter;
use telemetry_llm::{Llm, LlmError, LlmSettings, ModelPrice, PriceSettings, Usage};

#[test]
fn a_file_of_prices_is_refused_by_an_error_that_says_why() {
    let prices = PriceSettings { file: Some("/etc/agents/prices.json".into()), ..PriceSettings::default() };
    let error = Llm::with_settings(&Meter::noop(), LlmSettings { prices, ..LlmSettings::default() });
    let error = error.expect_err("nothing reads it");
    assert!(matches!(error, LlmError::Setting(_)), "{error}");
    let said = error.to_string();
    assert!(said.contains("llm.prices.file: /etc/agents/prices.json: ") && said.contains("feature `prices`"), "{said}");
}

#[test]
fn what_is_set_has_a_price() {
    let price = ModelPrice { input: 2.0, output: 4.0, ..ModelPrice::default() };
    let prices = PriceSettings { overrides: [("gpt-4o", price)].into_iter().collect(), ..PriceSettings::default() };
    let settings = LlmSettings { prices, ..LlmSettings::default() };
    let llm = Llm::with_settings(&Meter::noop(), settings).expect("sound");
    let million = || Usage::new(1_000_000, 500_000);
    // Worked out, and remembered.
    for _ in 0..3 {
        assert_eq!(llm.start("openai", "gpt-4o").succeed(million()).cost_usd(), Some(4.0));
        assert_eq!(llm.start("openai", "gpt-5").succeed(million()).cost_usd(), None);
    }
}
