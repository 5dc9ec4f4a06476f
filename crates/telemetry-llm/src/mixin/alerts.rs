//! The alerts on errors, rate limits, tokens and the queue of usage records.

use telemetry_mixin::model::{Alert, AlertTest};

use super::{PROVIDERS, TEAM};

const REFUSALS: &str = "sum by (provider) (rate(llm_provider_errors_total{error_type=\"rate_limit\"}[$window]))";

pub(super) fn high_provider_error_rate() -> Alert {
    let errors = r#"llm_provider_errors_total{job="api", instance="a", provider="openai", model="gpt-4o", error_type="server_error"}"#;
    let elsewhere = r#"llm_provider_errors_total{job="api", instance="b", provider="openai", model="gpt-4o", error_type="timeout"}"#;
    Alert::new(
        "HighProviderErrorRate",
        "sum by (provider, model) (rate(llm_provider_errors_total[$window])) > $threshold",
    )
    .threshold(0.1)
    .hold("2m")
    .team(TEAM)
    .summary("A provider fails often")
    .description("{{ $labels.provider }} fails {{ $value | printf \"%.2f\" }} times a second with {{ $labels.model }}, the limit being $threshold.")
    .dashboard(PROVIDERS)
    .test(
        AlertTest::new("errors of two instances add up", "10m")
            .series(errors, "0+15x20")
            .series(elsewhere, "0+15x20")
            .fires(&[("provider", "openai"), ("model", "gpt-4o")], "0.50"),
    )
    .test(AlertTest::new("an error every twenty seconds is not often", "10m").series(errors, "0+3x20"))
    .test(AlertTest::new("it has to hold for two minutes", "2m").series(errors, "0+30x20"))
}

pub(super) fn rate_limited_heavily() -> Alert {
    let refused = r#"llm_provider_errors_total{job="api", instance="a", provider="openai", model="gpt-4o", error_type="rate_limit"}"#;
    let calls = r#"llm_provider_request_seconds_count{job="api", instance="a", provider="openai", model="gpt-4o", outcome="success"}"#;
    Alert::new(
        "RateLimitedHeavily",
        format!(
            "{REFUSALS} / ({REFUSALS} + sum by (provider) (rate(llm_provider_request_seconds_count[$window]))) \
             > $threshold and {REFUSALS} > 0.02"
        ),
    )
    .threshold(0.2)
    .hold("5m")
    .team(TEAM)
    .summary("A provider refuses many calls because of its rate limits")
    .description(
        "{{ $labels.provider }} refuses {{ $value | humanizePercentage }} of the attempts because of its rate limits.",
    )
    .dashboard(PROVIDERS)
    .test(
        AlertTest::new("a refusal for every second call", "12m")
            .series(refused, "0+30x20")
            .series(calls, "0+60x20")
            .fires(&[("provider", "openai")], "33.33%"),
    )
    .test(AlertTest::new("one call in ten is refused first", "12m").series(refused, "0+6x20").series(calls, "0+60x20"))
    .test(AlertTest::new("one refusal among few calls", "12m").series(refused, "0 1x20").series(calls, "0 2x20"))
    .test(
        AlertTest::new("no call gets through", "12m")
            .series(refused, "0+30x20")
            .series(calls, "60x20")
            .fires(&[("provider", "openai")], "100%"),
    )
}

pub(super) fn excessive_token_usage() -> Alert {
    let prompt = r#"llm_provider_tokens_total{job="api", instance="a", provider="gemini", model="gemini-2.5-pro", type="prompt"}"#;
    let completion = r#"llm_provider_tokens_total{job="api", instance="a", provider="gemini", model="gemini-2.5-pro", type="completion"}"#;
    Alert::new(
        "ExcessiveTokenUsage",
        "sum by (provider, model) (rate(llm_provider_tokens_total[$window])) > $threshold",
    )
    .threshold(50_000.0)
    .hold("5m")
    .team(TEAM)
    .summary("A model is given or gives very many tokens")
    .description("{{ $labels.model }} of {{ $labels.provider }} takes and gives {{ $value | humanize }} tokens a second, the limit being $threshold.")
    .dashboard(PROVIDERS)
    .test(
        AlertTest::new("prompt and completion add up", "12m")
            .series(prompt, "0+2400000x20")
            .series(completion, "0+1200000x20")
            .fires(&[("provider", "gemini"), ("model", "gemini-2.5-pro")], "60k"),
    )
    .test(AlertTest::new("forty thousand tokens a second are within the limit", "12m").series(prompt, "0+2400000x20"))
}

pub(super) fn usage_persistence_failing() -> Alert {
    let failures = r#"llm_usage_persist_errors_total{job="api", instance="a", error_type="db_error"}"#;
    Alert::new(
        "UsagePersistenceFailing",
        "sum by (error_type) (rate(llm_usage_persist_errors_total[$window])) > $threshold",
    )
    .threshold(0.0)
    .hold("5m")
    .team(TEAM)
    .summary("Usage records cannot be stored")
    .description(
        "Storing usage records fails with {{ $labels.error_type }}, {{ $value | printf \"%.2f\" }} times a second.",
    )
    .dashboard(PROVIDERS)
    .test(
        AlertTest::new("a store that is down for ten minutes", "12m")
            .series(failures, "0+2x20")
            .fires(&[("error_type", "db_error")], "0.03"),
    )
    .test(AlertTest::new("a single failure is over before it fires", "12m").series(failures, "0 0 1x20"))
}

pub(super) fn usage_queue_backlog() -> Alert {
    let waiting = r#"llm_usage_persist_queue_size{job="api", instance="a"}"#;
    let elsewhere = r#"llm_usage_persist_queue_size{job="api", instance="b"}"#;
    Alert::new("UsageQueueBacklog", "max by (job, instance) (llm_usage_persist_queue_size) > $threshold")
        .threshold(1_000.0)
        .hold("10m")
        .team(TEAM)
        .summary("Usage records wait to be stored")
        .description("{{ $value | humanize }} usage records wait in {{ $labels.instance }} of {{ $labels.job }}, the limit being $threshold.")
        .dashboard(PROVIDERS)
        .test(
            AlertTest::new("one instance does not get rid of its records", "15m")
                .series(waiting, "2500x20")
                .series(elsewhere, "3x20")
                .fires(&[("job", "api"), ("instance", "a")], "2.5k"),
        )
        .test(AlertTest::new("a burst that is stored within minutes", "15m").series(waiting, "0 2500 2500 2500 0x20"))
        .test(AlertTest::new("many instances with a few each", "15m").series(waiting, "900x20").series(elsewhere, "900x20"))
}
